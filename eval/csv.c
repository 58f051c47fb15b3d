/* SPDX-License-Identifier: Apache-2.0 */
#include "csv.h"

#include <string.h>

/* Unquote the field at *in, which starts with '"'; leaves *in at the comma or NUL behind it. */
static const char *unquote(char **in)
{
    char *from = *in + 1, *to = *in;
    for (;;) {
        if (!*from) return "a quote is not closed on its line";
        if (*from == '"' && from[1] != '"') break;
        if (*from == '"') from++;
        *to++ = *from++;
    }
    from++;
    if (*from && *from != ',') return "text behind a closing quote";
    *to = 0; /* at least two bytes before from */
    *in = from;
    return NULL;
}

const char *eval_csv_split(char *line, char **field, size_t *count)
{
    size_t n = 0;
    for (char *p = line;;) {
        if (n == EVAL_CSV_MAX_FIELDS) return "too many fields";
        field[n++] = p;
        if (*p == '"') {
            const char *wrong = unquote(&p);
            if (wrong) return wrong;
        } else {
            p += strcspn(p, ",\"");
            if (*p == '"') return "a quote inside an unquoted field";
        }
        if (!*p) break;
        *p++ = 0;
    }
    *count = n;
    return NULL;
}

void eval_csv_write(FILE *f, const char *text)
{
    if (!text[strcspn(text, ",\"\r\n")]) {
        fputs(text, f);
        return;
    }
    fputc('"', f);
    for (; *text; text++) {
        if (*text == '"') fputc('"', f);
        fputc(*text, f);
    }
    fputc('"', f);
}
