/* SPDX-License-Identifier: Apache-2.0 */
/* Seals, digests, size classes, and sealed files. */
#include <sodium.h>

#include "store/fixture.h"
#include "vault/sealed_file.h"

static bf_ctx c;

static int make(void **state)
{
    (void)state;
    fixture_ctx(&c);
    return bf_vault__init(&c);
}

static int drop(void **state)
{
    (void)state;
    bf_arena_done(&c.arena);
    return 0;
}

static void a_seal_holds(void **state)
{
    (void)state;
    uint8_t key[32] = {1}, other[32] = {2}, ad[] = "row 7", plain[100], out[100];
    uint8_t sealed[140], again[140];
    fake_bytes(1, plain, sizeof plain);
    bf_seal(key, ad, sizeof ad, plain, sizeof plain, sealed);
    bf_seal(key, ad, sizeof ad, plain, sizeof plain, again);
    assert_memory_not_equal(sealed, again, 24); /* never the same nonce */
    assert_int_equal(bf_unseal(key, ad, sizeof ad, sealed, sizeof sealed, out), 0);
    assert_memory_equal(out, plain, sizeof plain);
    assert_int_equal(bf_unseal(other, ad, sizeof ad, sealed, sizeof sealed, out), -1);
    assert_int_equal(bf_unseal(key, ad, sizeof ad - 1, sealed, sizeof sealed, out), -1);
    for (size_t i = 0; i < sizeof sealed; i++) {
        sealed[i] ^= 1;
        assert_int_equal(bf_unseal(key, ad, sizeof ad, sealed, sizeof sealed, out), -1);
        sealed[i] ^= 1;
        assert_int_equal(bf_unseal(key, ad, sizeof ad, sealed, i, out), -1);
    }
    assert_int_equal(bf_unseal(key, ad, sizeof ad, NULL, 0, out), -1);
}

static void a_digest_frames_its_parts(void **state)
{
    (void)state;
    uint8_t key[32] = {1}, a[32], b[32];
    bf_part one[] = {{"ab", 2}, {"c", 1}}, two[] = {{"a", 1}, {"bc", 2}};
    bf_digest(key, "t", one, 2, a);
    bf_digest(key, "t", two, 2, b);
    assert_memory_not_equal(a, b, 32);
    bf_digest(key, "u", one, 2, b);
    assert_memory_not_equal(a, b, 32);
    bf_subkey(key, "wrap", a);
    bf_subkey(key, "meta", b);
    assert_memory_not_equal(a, b, 32);
}

static void sizes_fall_into_classes(void **state)
{
    (void)state;
    assert_int_equal(bf_template_size_class(1), 1024);
    assert_int_equal(bf_template_size_class(1024), 1024);
    assert_int_equal(bf_template_size_class(1025), 2048);
    assert_int_equal(bf_image_size_class(1), 16384);
    for (size_t n = 1; n < 3000000; n += 997) {
        size_t size = bf_image_size_class(n);
        assert_true(size >= n && (size == 16384 || size <= n + n / 8 + 1));
        assert_int_equal(bf_image_size_class(size), size);
    }
}

static bf_secret passphrase(const char *text)
{
    bf_secret s;
    bf_secret_init(&s);
    s.kind = BF_SECRET_PASSPHRASE;
    s.passphrase = (const uint8_t *)text;
    s.passphrase_len = strlen(text);
    s.passes = BF_ARGON2_PASSES_MIN;
    s.memory_mib = BF_ARGON2_MEMORY_MIN_MIB;
    return s;
}

static uint8_t alice[32], bob[32], bob_public[32];

static void sealed_to_a_key(void **state)
{
    (void)state;
    static const size_t lens[] = {0, 1, 16376, 65536, 65529, 200000};
    uint8_t eve[32], plain[200000], *sealed, *back;
    size_t sealed_len, back_len;
    randombytes_buf(alice, 32);
    randombytes_buf(bob, 32);
    randombytes_buf(eve, 32);
    crypto_scalarmult_base(bob_public, bob);
    fake_bytes(4, plain, sizeof plain);
    for (size_t i = 0; i < sizeof lens / sizeof lens[0]; i++) {
        assert_int_equal(
            bf_sealed__make(&c, alice, bob_public, NULL, plain, lens[i], &sealed, &sealed_len),
            BF_OK);
        assert_int_equal(bf_sealed__open(&c, "x", sealed, sealed_len, bob, NULL, &back, &back_len),
                         BF_OK);
        assert_int_equal(back_len, lens[i]);
        assert_memory_equal(back, plain, lens[i]);
        bf_ctx_release(&c, back);
        assert_int_equal(bf_sealed__open(&c, "x", sealed, sealed_len, eve, NULL, &back, &back_len),
                         BF_EKEY);
        bf_ctx_release(&c, sealed);
    }
    uint8_t zero[32] = {0};
    assert_int_equal(bf_sealed__make(&c, alice, zero, NULL, plain, 10, &sealed, &sealed_len),
                     BF_EKEY);
}

/* Each byte changed, each length cut, and messages in another order: never opened. */
static void sealed_file_altered(void **state)
{
    (void)state;
    static uint8_t plain[140000];
    uint8_t *sealed, *back, t[65553];
    size_t len, back_len;
    fake_bytes(5, plain, sizeof plain);
    assert_int_equal(
        bf_sealed__make(&c, alice, bob_public, NULL, plain, sizeof plain, &sealed, &len), BF_OK);
    for (size_t i = 0; i < len; i += i < 400 ? 1 : 911) {
        sealed[i] ^= 4;
        bf_status st = bf_sealed__open(&c, "x", sealed, len, bob, NULL, &back, &back_len);
        if (st != BF_ETAMPER && st != BF_EKEY && st != BF_EFORMAT && st != BF_EVERSION) {
            fail_msg("byte %zu: %d", i, st);
        }
        sealed[i] ^= 4;
    }
    for (size_t cut = 0; cut < len; cut += cut < 400 ? 1 : 911) {
        assert_true(bf_sealed__open(&c, "x", sealed, cut, bob, NULL, &back, &back_len) != BF_OK);
    }
    /* At a message's end: the final tag is missing. */
    assert_int_equal(bf_sealed__open(&c, "x", sealed, 136 + 65553, bob, NULL, &back, &back_len),
                     BF_ETAMPER);
    memcpy(t, sealed + 136, sizeof t);
    memcpy(sealed + 136, sealed + 136 + sizeof t, sizeof t);
    memcpy(sealed + 136 + sizeof t, t, sizeof t);
    assert_int_equal(bf_sealed__open(&c, "x", sealed, len, bob, NULL, &back, &back_len),
                     BF_ETAMPER);
    bf_ctx_release(&c, sealed);
}

static void sealed_by_passphrase(void **state)
{
    (void)state;
    uint8_t plain[] = "who", *sealed, *back;
    size_t len, back_len;
    bf_secret right = passphrase("correct horse"), wrong = passphrase("incorrect horse");
    assert_int_equal(bf_sealed__make(&c, alice, NULL, &right, plain, sizeof plain, &sealed, &len),
                     BF_OK);
    assert_int_equal(bf_sealed__open(&c, "x", sealed, len, bob, &right, &back, &back_len), BF_OK);
    assert_memory_equal(back, plain, sizeof plain);
    bf_ctx_release(&c, back);
    assert_int_equal(bf_sealed__open(&c, "x", sealed, len, bob, &wrong, &back, &back_len), BF_EKEY);
    assert_int_equal(bf_sealed__open(&c, "x", sealed, len, bob, NULL, &back, &back_len), BF_EKEY);
    sealed[21] = 0xff; /* memory: judged before it is taken */
    assert_int_equal(bf_sealed__open(&c, "x", sealed, len, bob, &right, &back, &back_len),
                     BF_ETAMPER);
    bf_ctx_release(&c, sealed);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_seal_holds),
        cmocka_unit_test(a_digest_frames_its_parts),
        cmocka_unit_test(sizes_fall_into_classes),
        cmocka_unit_test(sealed_to_a_key),
        cmocka_unit_test(sealed_file_altered),
        cmocka_unit_test(sealed_by_passphrase),
    };
    return cmocka_run_group_tests(tests, make, drop);
}
