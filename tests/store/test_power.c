/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Loss of power. A VFS over SQLite's own keeps account of every write, truncation and
 * synchronisation. Afterwards, for the moment before and after each synchronisation and after each
 * acknowledgement, disks are made as a power loss could leave them: what was synchronised is there;
 * of the writes since then any subset, in any order, some torn in 512-byte sectors. From every such
 * disk the store must open, be whole, and hold every person acknowledged by then. With
 * synchronous=OFF the same test must fail: else it would show nothing.
 */
#include "store/fixture.h"

#define EVENTS_MAX 20000u
#define FILES 2u /* database and log; the index is rebuilt and never synchronised */
#define PERSONS 14u
#define SECTOR 512u

typedef enum kind { WRITE, TRUNCATE, SYNC, ACKNOWLEDGE } kind;

typedef struct event {
    kind what;
    unsigned file;
    uint64_t at, len; /* ACKNOWLEDGE: at = persons enrolled */
    uint8_t *data;
} event;

static event events[EVENTS_MAX];
static size_t event_count;
static int recording;

static void record(kind what, unsigned file, uint64_t at, const void *data, uint64_t len)
{
    if (!recording) return;
    assert_true(event_count < EVENTS_MAX);
    event *e = &events[event_count++];
    *e = (event){what, file, at, len, NULL};
    if (!data) return;
    e->data = malloc((size_t)len);
    assert_non_null(e->data);
    memcpy(e->data, data, (size_t)len);
}

/* ---- the VFS ---- */

typedef struct spy_file {
    sqlite3_file base;
    int file; /* index, -1: not followed */
    sqlite3_file *real;
} spy_file;

static sqlite3_vfs *below;
static sqlite3_io_methods methods;

#define REAL(f) (((spy_file *)(f))->real)

static int spy_close(sqlite3_file *f)
{
    int rc = REAL(f)->pMethods ? REAL(f)->pMethods->xClose(REAL(f)) : SQLITE_OK;
    return rc;
}

static int spy_read(sqlite3_file *f, void *to, int n, sqlite3_int64 at)
{
    return REAL(f)->pMethods->xRead(REAL(f), to, n, at);
}

static int spy_write(sqlite3_file *f, const void *from, int n, sqlite3_int64 at)
{
    int file = ((spy_file *)f)->file;
    if (file >= 0) record(WRITE, (unsigned)file, (uint64_t)at, from, (uint64_t)n);
    return REAL(f)->pMethods->xWrite(REAL(f), from, n, at);
}

static int spy_truncate(sqlite3_file *f, sqlite3_int64 len)
{
    int file = ((spy_file *)f)->file;
    if (file >= 0) record(TRUNCATE, (unsigned)file, 0, NULL, (uint64_t)len);
    return REAL(f)->pMethods->xTruncate(REAL(f), len);
}

static int spy_sync(sqlite3_file *f, int flags)
{
    int file = ((spy_file *)f)->file;
    if (file >= 0) record(SYNC, (unsigned)file, 0, NULL, 0);
    return REAL(f)->pMethods->xSync(REAL(f), flags);
}

static int spy_size(sqlite3_file *f, sqlite3_int64 *out)
{
    return REAL(f)->pMethods->xFileSize(REAL(f), out);
}

static int spy_lock(sqlite3_file *f, int level)
{
    return REAL(f)->pMethods->xLock(REAL(f), level);
}

static int spy_unlock(sqlite3_file *f, int level)
{
    return REAL(f)->pMethods->xUnlock(REAL(f), level);
}

static int spy_reserved(sqlite3_file *f, int *out)
{
    return REAL(f)->pMethods->xCheckReservedLock(REAL(f), out);
}

static int spy_control(sqlite3_file *f, int op, void *arg)
{
    return REAL(f)->pMethods->xFileControl(REAL(f), op, arg);
}

static int spy_sector(sqlite3_file *f)
{
    return REAL(f)->pMethods->xSectorSize(REAL(f));
}

static int spy_device(sqlite3_file *f)
{
    /* Promise nothing about sectors: not even that a neighbour survives an overwrite. */
    (void)f;
    return 0;
}

static int spy_shm_map(sqlite3_file *f, int page, int size, int extend, void volatile **out)
{
    return REAL(f)->pMethods->xShmMap(REAL(f), page, size, extend, out);
}

static int spy_shm_lock(sqlite3_file *f, int at, int n, int flags)
{
    return REAL(f)->pMethods->xShmLock(REAL(f), at, n, flags);
}

static void spy_shm_barrier(sqlite3_file *f)
{
    REAL(f)->pMethods->xShmBarrier(REAL(f));
}

static int spy_shm_unmap(sqlite3_file *f, int remove)
{
    return REAL(f)->pMethods->xShmUnmap(REAL(f), remove);
}

static int spy_open(sqlite3_vfs *vfs, const char *name, sqlite3_file *f, int flags, int *out_flags)
{
    (void)vfs;
    spy_file *s = (spy_file *)f;
    memset(s, 0, sizeof *s);
    s->real = (sqlite3_file *)(s + 1);
    s->file = flags & SQLITE_OPEN_MAIN_DB ? 0 : flags & SQLITE_OPEN_WAL ? 1 : -1;
    int rc = below->xOpen(below, name, s->real, flags, out_flags);
    if (s->real->pMethods) s->base.pMethods = &methods;
    return rc;
}

static void register_spy(void)
{
    static sqlite3_vfs spy;
    below = sqlite3_vfs_find(NULL);
    spy = *below;
    spy.zName = "spy";
    spy.szOsFile = (int)sizeof(spy_file) + below->szOsFile;
    spy.xOpen = spy_open;
    methods = (sqlite3_io_methods){
        2,          spy_close,   spy_read,     spy_write,       spy_truncate,  spy_sync,
        spy_size,   spy_lock,    spy_unlock,   spy_reserved,    spy_control,   spy_sector,
        spy_device, spy_shm_map, spy_shm_lock, spy_shm_barrier, spy_shm_unmap, NULL,
        NULL};
    assert_int_equal(sqlite3_vfs_register(&spy, 1), SQLITE_OK);
}

/* ---- disks ---- */

typedef struct disk {
    uint8_t *data;
    size_t len, cap;
} disk;

static void apply(disk *d, const event *e, uint64_t from, uint64_t to)
{
    if (e->what == TRUNCATE) {
        if (e->len > d->cap) fail_msg("file grows by truncation");
        if (e->len > d->len) memset(d->data + d->len, 0, e->len - d->len);
        d->len = e->len;
        return;
    }
    uint64_t end = e->at + to;
    assert_true(end <= d->cap);
    /* What lies between was never written: a hole. */
    if (e->at + from > d->len) memset(d->data + d->len, 0, e->at + from - d->len);
    memcpy(d->data + e->at + from, e->data + from, to - from);
    if (end > d->len) d->len = end;
}

static uint32_t seed;

static uint32_t draw(uint32_t n)
{
    seed = seed * 1664525u + 1013904223u;
    return (uint32_t)(((uint64_t)seed * n) >> 32);
}

/* How the unsynchronised part may look. */
typedef enum manner { NOTHING, ALL, SUBSET, REVERSED, TORN, LAST_ONLY, MANNERS } manner;

static void apply_pending(disk *d, size_t *pending, size_t n, manner how)
{
    if (how == NOTHING) return;
    if (how == LAST_ONLY && n) {
        pending[0] = pending[n - 1];
        n = 1;
    }
    if (how == SUBSET || how == TORN) {
        for (size_t i = n; i > 1; i--) { /* any order */
            size_t j = draw((uint32_t)i), t = pending[i - 1];
            pending[i - 1] = pending[j];
            pending[j] = t;
        }
    }
    for (size_t i = 0; i < n; i++) {
        const event *e = &events[pending[how == REVERSED ? n - 1 - i : i]];
        if (how == SUBSET && draw(2)) continue;
        if (how == TORN && e->what == WRITE) {
            for (uint64_t at = 0; at < e->len; at += SECTOR) {
                uint64_t to = at + SECTOR < e->len ? at + SECTOR : e->len;
                if (draw(2)) apply(d, e, at, to);
            }
        } else {
            apply(d, e, 0, e->len);
        }
    }
}

/* The files as after a power loss in front of event `until`. */
static void make_disk(fixture *f, const disk *initial, size_t until, manner how)
{
    static size_t pending[EVENTS_MAX];
    static const char *const suffixes[FILES] = {"", "-wal"};
    char path[120];
    for (unsigned file = 0; file < FILES; file++) {
        size_t n = 0;
        disk d = {malloc(1 << 22), initial[file].len, 1 << 22};
        assert_non_null(d.data);
        if (d.len) memcpy(d.data, initial[file].data, d.len);
        for (size_t i = 0; i < until; i++) {
            const event *e = &events[i];
            if (e->what == ACKNOWLEDGE || e->file != file) continue;
            if (e->what == SYNC) {
                for (size_t j = 0; j < n; j++)
                    apply(&d, &events[pending[j]], 0, events[pending[j]].len);
                n = 0;
            } else {
                pending[n++] = i;
            }
        }
        apply_pending(&d, pending, n, how);
        snprintf(path, sizeof path, "%s%s", f->db, suffixes[file]);
        write_whole(path, d.data, d.len);
        free(d.data);
    }
    snprintf(path, sizeof path, "%s-shm", f->db);
    unlink(path);
}

static uint64_t acknowledged_before(size_t until)
{
    uint64_t n = 0;
    for (size_t i = 0; i < until; i++) {
        if (events[i].what == ACKNOWLEDGE) n = events[i].at;
    }
    return n;
}

/* ---- the run ---- */

static void enroll_all(fixture *f, int synchronous)
{
    char person[16], text[60];
    assert_int_equal(fixture_open(f), BF_OK);
    /* A log that is moved into the database often, so that both files are written all along. */
    snprintf(text, sizeof text, "PRAGMA wal_autocheckpoint=12; PRAGMA synchronous=%s",
             synchronous ? "FULL" : "OFF");
    assert_int_equal(bf_sql__exec(&f->c, &f->st->sql, text), BF_OK);
    recording = 1;
    for (uint32_t i = 0; i < PERSONS; i++) {
        snprintf(person, sizeof person, "P-%u", i);
        assert_int_equal(fake_enroll(f, person, "e1", "staff", i, 2, i % 4 == 0), BF_OK);
        record(ACKNOWLEDGE, 0, i + 1, NULL, 0);
    }
    recording = 0;
    fixture_close(f);
}

/* @return 0 when the disk is good, else what is wrong with it in `why` */
static int judge(fixture *f, uint64_t acknowledged, char *why, size_t cap)
{
    char person[16];
    int bad = 0;
    bf_status st = fixture_open(f);
    if (!st) st = check_all(f, NULL);
    if (st) {
        snprintf(why, cap, "%s", f->c.error);
        bad = 1;
    }
    for (uint32_t i = 0; !bad && i < PERSONS; i++) {
        snprintf(person, sizeof person, "P-%u", i);
        int n = count_samples(f, person);
        if (n == 2 || (n == -1 && i >= acknowledged)) continue;
        snprintf(why, cap, "%s of %llu acknowledged has %d samples", person,
                 (unsigned long long)acknowledged, n);
        bad = 1;
    }
    fixture_close(f);
    return bad;
}

/* @return how many disks were bad; how many were tried */
static unsigned run(int synchronous, unsigned *tried)
{
    static const char *const suffixes[FILES] = {"", "-wal"};
    fixture f;
    disk initial[FILES];
    char path[120], why[BF_ERROR_MAX] = "";
    unsigned bad = 0;
    fixture_make(&f);
    fixture_close(&f);
    for (unsigned i = 0; i < FILES; i++) {
        snprintf(path, sizeof path, "%s%s", f.db, suffixes[i]);
        initial[i].data = read_whole(path, &initial[i].len);
    }
    event_count = 0;
    enroll_all(&f, synchronous);
    *tried = 0;
    for (size_t i = 0; i <= event_count; i++) {
        int here = i == event_count || events[i].what == SYNC || events[i].what == ACKNOWLEDGE ||
                   (i && events[i - 1].what == SYNC) || i % 16 == 0;
        for (int how = 0; here && how < MANNERS; how++) {
            make_disk(&f, initial, i, (manner)how);
            ++*tried;
            if (!judge(&f, acknowledged_before(i), why, sizeof why)) continue;
            if (!bad++ && synchronous) fail_msg("event %zu, manner %d: %s", i, how, why);
        }
    }
    for (size_t i = 0; i < event_count; i++) free(events[i].data);
    for (unsigned i = 0; i < FILES; i++) free(initial[i].data);
    fixture_drop(&f);
    return bad;
}

static void synchronous_full_survives(void **state)
{
    (void)state;
    unsigned tried;
    assert_int_equal(run(1, &tried), 0);
    print_message("# synchronous=FULL: %u disks, all good\n", tried);
    assert_true(tried > 300);
}

static void synchronous_off_does_not(void **state)
{
    (void)state;
    unsigned tried, bad = run(0, &tried);
    print_message("# synchronous=OFF: %u of %u disks bad\n", bad, tried);
    assert_true(bad > 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(synchronous_full_survives),
        cmocka_unit_test(synchronous_off_does_not),
    };
    seed = 20240607;
    register_spy();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
