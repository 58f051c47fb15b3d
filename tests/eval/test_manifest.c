/* SPDX-License-Identifier: Apache-2.0 */
#include "made.h"

#define HEAD "path,subject,position,session,sample,ppi\n"

static eval_error err;

static bf_status parse(const char *text, eval_manifest *out)
{
    memset(&err, 0, sizeof err);
    return eval_manifest_parse("sets/A.csv", text, strlen(text), out, &err);
}

static void refused(const char *text, bf_status status, const char *line)
{
    eval_manifest m = {0};
    assert_int_equal(parse(text, &m), status);
    assert_string_equal(err.text, line);
    assert_null(m.samples);
}

static void reads_a_plain_manifest(void **state)
{
    (void)state;
    eval_manifest m;
    assert_int_equal(
        parse(HEAD "d/b2.png,2,left,1,1,0\nd/a2.png,1,3,1,2,500\nd/a1.png,1,3,1,1,1000\n", &m),
        BF_OK);
    assert_string_equal(m.name, "A");
    assert_int_equal(m.count, 3);
    assert_int_equal(m.identities, 2);
    /* Identities in the order of the file, samples in their own. */
    assert_string_equal(m.samples[0].path, "sets/d/b2.png");
    assert_int_equal(m.samples[0].position_code, 0);
    assert_int_equal(m.samples[0].ppi, 0);
    assert_string_equal(m.samples[1].label, "d/a1.png");
    assert_int_equal(m.samples[1].ppi, 1000);
    assert_int_equal(m.samples[1].line, 4);
    assert_int_equal(m.samples[1].identity, 1);
    assert_int_equal(m.samples[2].identity, 1);
    assert_int_equal(m.samples[2].position_code, 3);
    eval_manifest_free(&m);
}

static void takes_what_spreadsheets_write(void **state)
{
    (void)state;
    eval_manifest m;
    assert_int_equal(parse("\xef\xbb\xbfppi,sample,note,session,position,subject,path\r\n"
                           "500,1,\"a \"\"b\"\", c\",1,0,\"x,y\",\"p,1.png\"\r\n\r\n"
                           "500,2,,1,0,\"x,y\",/abs/p2.png\r\n",
                           &m),
                     BF_OK);
    assert_int_equal(m.count, 2);
    assert_int_equal(m.identities, 1);
    assert_string_equal(m.samples[0].subject, "x,y");
    assert_string_equal(m.samples[0].path, "sets/p,1.png");
    assert_string_equal(m.samples[1].path, "/abs/p2.png");
    eval_manifest_free(&m);
}

static void subject_and_position_are_the_identity(void **state)
{
    (void)state;
    eval_manifest m;
    assert_int_equal(parse(HEAD "a,1,1,1,1,0\nb,1,2,1,1,0\nc,11,,1,1,0\n", &m), BF_EFORMAT);
    assert_string_equal(err.text, "sets/A.csv:4: position is empty");
    assert_int_equal(parse(HEAD "a,1,12,1,1,0\nb,11,2,1,1,0\nc,1,12,2,1,0\n", &m), BF_OK);
    assert_int_equal(m.identities, 2);
    eval_manifest_free(&m);
}

static void refuses_what_it_cannot_read(void **state)
{
    (void)state;
    refused("", BF_EFORMAT, "sets/A.csv: no samples listed");
    refused(HEAD, BF_EFORMAT, "sets/A.csv: no samples listed");
    refused("path,subject,position,session,ppi\na,1,0,1,0\n", BF_EFORMAT,
            "sets/A.csv:1: column \"sample\" is missing");
    refused("path,path,subject,position,session,sample,ppi\n", BF_EFORMAT,
            "sets/A.csv:1: column \"path\" appears twice");
    refused(HEAD "a,1,0,1,1\n", BF_EFORMAT, "sets/A.csv:2: 5 fields where the header has 6");
    refused(HEAD "\na,1,0,1,1,0,7\n", BF_EFORMAT, "sets/A.csv:3: 7 fields where the header has 6");
    refused(HEAD ",1,0,1,1,0\n", BF_EFORMAT, "sets/A.csv:2: path is empty");
    refused(HEAD "a,,0,1,1,0\n", BF_EFORMAT, "sets/A.csv:2: subject is empty");
    refused(HEAD "a,1,0,x,1,0\n", BF_EFORMAT, "sets/A.csv:2: session is not a number 0..1000000");
    refused(HEAD "a,1,0,-1,1,0\n", BF_EFORMAT, "sets/A.csv:2: session is not a number 0..1000000");
    refused(HEAD "a,1,0,1,1000001,0\n", BF_EFORMAT,
            "sets/A.csv:2: sample is not a number 0..1000000");
    refused(HEAD "a,1,0,1,,0\n", BF_EFORMAT, "sets/A.csv:2: sample is not a number 0..1000000");
    refused(HEAD "a,1,0,1,1,99\n", BF_EFORMAT, "sets/A.csv:2: ppi is neither 0 nor 100..2400");
    refused(HEAD "a,1,0,1,1,5000000000\n", BF_EFORMAT,
            "sets/A.csv:2: ppi is neither 0 nor 100..2400");
    refused(HEAD "\"a,1,0,1,1,0\n", BF_EFORMAT, "sets/A.csv:2: a quote is not closed on its line");
    refused(HEAD "\"a\"b,1,0,1,1,0\n", BF_EFORMAT, "sets/A.csv:2: text behind a closing quote");
    refused(HEAD "a\"b,1,0,1,1,0\n", BF_EFORMAT, "sets/A.csv:2: a quote inside an unquoted field");
    refused(HEAD "a,1,0,1,1,0\nb,2,0,1,1,0\nc,1,0,1,1,0\n", BF_EFORMAT,
            "sets/A.csv:4: same subject, position, session and sample as line 2");
}

static void refuses_control_bytes(void **state)
{
    (void)state;
    static const char nul[] = HEAD "a\0b,1,0,1,1,0\n";
    eval_manifest m;
    assert_int_equal(eval_manifest_parse("A.csv", nul, sizeof nul - 1, &m, &err), BF_EFORMAT);
    assert_string_equal(err.text, "A.csv:2: a NUL byte");
    assert_int_equal(eval_manifest_parse("a\x1b[31m.csv", "x", 1, &m, &err), BF_EFORMAT);
    assert_non_null(strstr(err.text, "a?[31m.csv:1: "));
}

static void caps_lines_rows_and_fields(void **state)
{
    (void)state;
    size_t len = strlen(HEAD) + EVAL_SHEET_MAX_LINE_BYTES + 2;
    char *text = malloc(len + 1);
    assert_non_null(text);
    strcpy(text, HEAD);
    memset(text + strlen(HEAD), 'a', len - strlen(HEAD));
    text[len] = 0;
    refused(text, BF_ELIMIT, "sets/A.csv:2: line longer than 8192 bytes");
    strcpy(text + strlen(HEAD) + 4096, ",1,0,1,1,0\n");
    refused(text, BF_EFORMAT, "sets/A.csv:2: path is too long");
    free(text);

    char commas[200];
    memset(commas, ',', sizeof commas);
    commas[sizeof commas - 1] = 0;
    refused(commas, BF_EFORMAT, "sets/A.csv:1: too many fields");

    size_t rows = EVAL_MANIFEST_MAX_ROWS + 3;
    text = malloc(rows + 1);
    assert_non_null(text);
    memset(text, '\n', rows);
    text[rows] = 0;
    refused(text, BF_ELIMIT, "sets/A.csv: more than 200000 rows");
    free(text);
}

static void names_a_missing_file(void **state)
{
    (void)state;
    eval_manifest m;
    assert_int_equal(eval_manifest_load("no/such.csv", &m, &err), BF_ENOENT);
    assert_string_equal(err.text, "no/such.csv: No such file or directory");
    assert_int_equal(eval_manifest_load("/", &m, &err), BF_EIO);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_a_plain_manifest),
        cmocka_unit_test(takes_what_spreadsheets_write),
        cmocka_unit_test(subject_and_position_are_the_identity),
        cmocka_unit_test(refuses_what_it_cannot_read),
        cmocka_unit_test(refuses_control_bytes),
        cmocka_unit_test(caps_lines_rows_and_fields),
        cmocka_unit_test(names_a_missing_file),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
