/* SPDX-License-Identifier: Apache-2.0 */
/* Reader of the part of TOML described in toml.h: one pass, one character ahead. */
#include "nn/toml.h"

#include <stdio.h>
#include <string.h>

#include "util/file.h"

#define DIGITS_MAX 18   /* of a number's mantissa: fits 63 bits */
#define EXPONENT_MAX 30 /* powers of ten a card may need and a double holds well */

typedef struct reader {
    bf_ctx *c;
    const char *file;
    const uint8_t *at, *end;
    uint32_t line;
    double *numbers; /* [BF_TOML_NUMBERS_MAX] */
    uint32_t used;
} reader;

static bf_status refuse(reader *r, const char *what)
{
    return bf_ctx_fail(r->c, BF_EFORMAT, "%.*s:%u: %s", BF_NAME_MAX, r->file, r->line, what);
}

/* The next character; 0 at the end (a NUL in the file is refused before). */
static int peek(const reader *r)
{
    return r->at < r->end ? *r->at : 0;
}

static int accept(reader *r, int ch)
{
    if (peek(r) != ch) return 0;
    r->at++;
    return 1;
}

static void skip_blanks(reader *r)
{
    while (peek(r) == ' ' || peek(r) == '\t') r->at++;
}

/* Rest of a line: blanks, a comment, the end. */
static bf_status end_line(reader *r)
{
    skip_blanks(r);
    if (peek(r) == '#') {
        while (r->at < r->end && *r->at != '\n') r->at++;
    }
    if (peek(r) == '\r' && r->at + 1 < r->end && r->at[1] == '\n') r->at++;
    if (r->at == r->end) return BF_OK;
    if (!accept(r, '\n')) return refuse(r, "more on the line than one value");
    r->line++;
    return BF_OK;
}

/* Blanks, comments and line ends, as they may stand within an array. */
static bf_status skip_space(reader *r)
{
    for (;;) {
        skip_blanks(r);
        int ch = peek(r);
        if (ch != '#' && ch != '\n' && ch != '\r') return BF_OK;
        BF_TRY(end_line(r));
    }
}

static int is_digit(int ch)
{
    return ch >= '0' && ch <= '9';
}

static int is_key(int ch)
{
    return (ch >= 'a' && ch <= 'z') || is_digit(ch) || ch == '_';
}

static bf_status read_key(reader *r, bf_toml_pair *p)
{
    size_t n = 0;
    while (is_key(peek(r))) {
        if (n + 1 == BF_TOML_KEY_MAX) return refuse(r, "a key longer than 31 characters");
        p->key[n++] = (char)*r->at++;
    }
    p->key[n] = 0;
    if (!n) return refuse(r, "no key: expected 'key = value', keys of a-z, 0-9 and _");
    skip_blanks(r);
    if (!accept(r, '=')) return refuse(r, "no '=' after the key");
    skip_blanks(r);
    return BF_OK;
}

static bf_status read_string(reader *r, bf_toml_pair *p)
{
    char text[BF_TOML_TEXT_MAX];
    size_t n = 0;
    r->at++;
    for (;;) {
        int ch = peek(r);
        if (!ch || ch == '\n') return refuse(r, "a string without its closing quote");
        r->at++;
        if (ch == '"') break;
        if (ch == '\\') {
            int escaped = peek(r);
            if (escaped == '"' || escaped == '\\')
                ch = escaped;
            else if (escaped == 'n')
                ch = '\n';
            else if (escaped == 't')
                ch = '\t';
            else
                return refuse(r, "an escape other than \\\" \\\\ \\n \\t");
            r->at++;
        } else if (ch < 0x20 || ch == 0x7f) {
            return refuse(r, "a control character in a string");
        }
        if (n + 1 == sizeof text) return refuse(r, "a string longer than 511 bytes");
        text[n++] = (char)ch;
    }
    char *copy = bf_ctx_scratch(r->c, n + 1, 1);
    if (!copy) BF_FAIL_NOMEM(r->c);
    memcpy(copy, text, n);
    p->type = BF_TOML_STRING;
    p->text = copy;
    return BF_OK;
}

/* Digits with single underscores between them. @return how many, -1 if malformed */
static int read_digits(reader *r, uint64_t *mantissa, int *total)
{
    int n = 0;
    for (;;) {
        if (n && peek(r) == '_') {
            r->at++;
            if (!is_digit(peek(r))) return -1;
        }
        if (!is_digit(peek(r))) return n;
        if (*total == DIGITS_MAX) return -1;
        *mantissa = *mantissa * 10 + (uint64_t)(*r->at++ - '0');
        *total += *mantissa > 0;
        n++;
        if (n > 64) return -1;
    }
}

static bf_status read_exponent(reader *r, int *exponent)
{
    uint64_t value = 0;
    int total = 0, minus = 0;
    if (accept(r, '-'))
        minus = 1;
    else
        accept(r, '+');
    if (read_digits(r, &value, &total) < 1 || value > EXPONENT_MAX) {
        return refuse(r, "a number with a malformed or large exponent");
    }
    *exponent += minus ? -(int)value : (int)value;
    return BF_OK;
}

/* Not strtod(): that one reads the decimal point of the user's language. */
static bf_status read_number(reader *r, double *out)
{
    static const char bad[] = "a malformed number, or one of more than 18 digits";
    uint64_t mantissa = 0;
    int total = 0, exponent = 0, minus = accept(r, '-');
    if (!minus) accept(r, '+');
    if (read_digits(r, &mantissa, &total) < 1) return refuse(r, bad);
    if (accept(r, '.')) {
        int n = read_digits(r, &mantissa, &total);
        if (n < 1) return refuse(r, bad);
        exponent = -n;
    }
    if (accept(r, 'e') || accept(r, 'E')) BF_TRY(read_exponent(r, &exponent));
    double power = 1.0, value = (double)mantissa;
    for (int i = exponent < 0 ? -exponent : exponent; i; i--) power *= 10.0;
    value = exponent < 0 ? value / power : value * power;
    *out = minus ? -value : value;
    return BF_OK;
}

static bf_status keep_number(reader *r)
{
    double value;
    BF_TRY(read_number(r, &value));
    if (r->used == BF_TOML_NUMBERS_MAX) {
        return bf_ctx_fail(r->c, BF_ELIMIT, "%.*s:%u: more than %u numbers", BF_NAME_MAX, r->file,
                           r->line, BF_TOML_NUMBERS_MAX);
    }
    r->numbers[r->used++] = value;
    return BF_OK;
}

/* After an element: ',' goes on, ']' ends; "," before "]" is allowed as in TOML. */
static bf_status next_element(reader *r, int *more)
{
    BF_TRY(skip_space(r));
    int comma = accept(r, ',');
    BF_TRY(skip_space(r));
    *more = peek(r) != ']';
    if (*more && !comma) return refuse(r, "an array without ',' or ']'");
    if (!*more) r->at++;
    return BF_OK;
}

/* One array of numbers, its '[' read. */
static bf_status read_row(reader *r, uint32_t *out_columns)
{
    uint32_t before = r->used;
    int more = 1;
    while (more) {
        BF_TRY(skip_space(r));
        BF_TRY(keep_number(r));
        BF_TRY(next_element(r, &more));
    }
    *out_columns = r->used - before;
    return BF_OK;
}

static bf_status read_array(reader *r, bf_toml_pair *p)
{
    r->at++;
    p->type = BF_TOML_ARRAY;
    p->numbers = r->numbers + r->used;
    BF_TRY(skip_space(r));
    if (accept(r, ']')) return BF_OK;
    if (peek(r) != '[') {
        p->rows = 1;
        return read_row(r, &p->columns);
    }
    for (int more = 1; more; p->rows++) {
        uint32_t columns;
        BF_TRY(skip_space(r));
        if (!accept(r, '[')) return refuse(r, "an array of mixed elements");
        BF_TRY(read_row(r, &columns));
        if (p->rows && columns != p->columns) return refuse(r, "rows of different lengths");
        p->columns = columns;
        BF_TRY(next_element(r, &more));
    }
    return BF_OK;
}

static bf_status read_boolean(reader *r, bf_toml_pair *p)
{
    static const char *const words[] = {"false", "true"};
    for (int i = 0; i < 2; i++) {
        size_t n = strlen(words[i]);
        if ((size_t)(r->end - r->at) < n || memcmp(r->at, words[i], n) != 0) continue;
        r->at += n;
        p->type = BF_TOML_BOOLEAN;
        p->number = i;
        return BF_OK;
    }
    return refuse(r, "a value that is no string, number, true, false or array of numbers");
}

static bf_status read_value(reader *r, bf_toml_pair *p)
{
    int ch = peek(r);
    if (ch == '"') return read_string(r, p);
    if (ch == '[') return read_array(r, p);
    if (is_digit(ch) || ch == '-' || ch == '+') {
        p->type = BF_TOML_NUMBER;
        return read_number(r, &p->number);
    }
    return read_boolean(r, p);
}

/* Length of the UTF-8 character at p, 0 if there is none: no overlong forms, no surrogates. */
static size_t utf8_length(const uint8_t *p, const uint8_t *end)
{
    size_t n = *p < 0x80 ? 1 : *p >= 0xc2 && *p < 0xe0 ? 2 : (*p & 0xf0) == 0xe0 ? 3 : 0;
    if (*p >= 0xf0 && *p < 0xf5) n = 4;
    if (!n || (size_t)(end - p) < n) return 0;
    for (size_t i = 1; i < n; i++) {
        if ((p[i] & 0xc0) != 0x80) return 0;
    }
    if (n == 3 && ((p[0] == 0xe0 && p[1] < 0xa0) || (p[0] == 0xed && p[1] >= 0xa0))) return 0;
    if (n == 4 && ((p[0] == 0xf0 && p[1] < 0x90) || (p[0] == 0xf4 && p[1] >= 0x90))) return 0;
    return n;
}

static bf_status check_text(reader *r)
{
    for (const uint8_t *p = r->at; p < r->end;) {
        size_t n = utf8_length(p, r->end);
        if (!n || !*p) return refuse(r, "not UTF-8 text");
        r->line += *p == '\n';
        p += n;
    }
    r->line = 1;
    return BF_OK;
}

static bf_status add_pair(reader *r, bf_toml *t)
{
    bf_toml_pair p = {.line = r->line};
    BF_TRY(read_key(r, &p));
    for (uint32_t i = 0; i < t->count; i++) {
        if (!strcmp(t->pairs[i].key, p.key)) return refuse(r, "a key that was there before");
    }
    if (t->count == BF_TOML_PAIRS_MAX) {
        return bf_ctx_fail(r->c, BF_ELIMIT, "%.*s: more than %u keys", BF_NAME_MAX, r->file,
                           BF_TOML_PAIRS_MAX);
    }
    BF_TRY(read_value(r, &p));
    BF_TRY(end_line(r));
    t->pairs[t->count++] = p;
    return BF_OK;
}

bf_status bf_toml__parse(bf_ctx *c, const char *file, const uint8_t *data, size_t len, bf_toml *out)
{
    reader r = {.c = c, .file = file, .at = data, .end = data + len, .line = 1};
    bf_toml *t = bf_ctx_scratch(c, 1, sizeof *t);
    r.numbers = bf_ctx_scratch(c, BF_TOML_NUMBERS_MAX, sizeof *r.numbers);
    if (!t || !r.numbers) BF_FAIL_NOMEM(c);
    BF_TRY(check_text(&r));
    for (;;) {
        BF_TRY(skip_space(&r));
        if (r.at == r.end) break;
        BF_TRY(add_pair(&r, t));
    }
    *out = *t;
    return BF_OK;
}
