/* SPDX-License-Identifier: Apache-2.0 */
/* Passphrases: from a descriptor or a terminal, never from the command line. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "store.h"

#define CONTROL_C 3

/* Up to the end of the line or of the file. @return -1 when it is too long or cannot be read */
static int read_line(int fd, cli_passphrase *out)
{
    out->len = 0;
    for (;;) {
        uint8_t ch;
        ssize_t n = read(fd, &ch, 1);
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) return -1;
        if (!n || ch == '\n') break;
        if (ch == CONTROL_C && isatty(fd)) return -1;
        if (out->len == sizeof out->text) return -1;
        out->text[out->len++] = ch;
    }
    if (out->len && out->text[out->len - 1] == '\r') out->len--;
    return 0;
}

static int check_length(const cli_passphrase *p)
{
    if (p->len >= BF_PASSPHRASE_MIN_BYTES) return CLI_OK;
    cli_error("passphrase", "at least %u bytes", BF_PASSPHRASE_MIN_BYTES);
    return CLI_STORE;
}

int cli_read_passphrase_fd(int fd, cli_passphrase *out)
{
    if (read_line(fd, out)) {
        cli_error("passphrase", "cannot be read from descriptor %d, or is too long", fd);
        return CLI_STORE;
    }
    return check_length(out);
}

/* The terminal as it was is put back by whatever way we leave, but for SIGKILL: signals that would
 * end us are held while it does not echo. */
static int ask_once(int tty, const char *prompt, cli_passphrase *out)
{
    struct termios old, quiet;
    if (tcgetattr(tty, &old)) return -1;
    quiet = old;
    quiet.c_lflag &= ~(tcflag_t)(ECHO | ISIG);
    quiet.c_cc[VEOL] = CONTROL_C; /* arrives as a character, at once */
    /* Quiet before the prompt: what is typed in answer to it is neither shown nor lost. */
    if (tcsetattr(tty, TCSAFLUSH, &quiet)) return -1;
    int bad = write(tty, prompt, strlen(prompt)) < 0 || read_line(tty, out);
    tcsetattr(tty, TCSAFLUSH, &old);
    if (write(tty, "\n", 1) < 0) bad = -1;
    return bad;
}

int cli_ask_passphrase(const char *prompt, int twice, cli_passphrase *out)
{
    int tty = open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY);
    if (tty < 0) {
        cli_error("passphrase", "no terminal to ask on: use --key-file or --passphrase-fd");
        return CLI_STORE;
    }
    cli_passphrase again = {.len = 0};
    int bad = ask_once(tty, prompt, out), same = 1;
    if (!bad && twice) {
        bad = ask_once(tty, "The same again: ", &again);
        same = again.len == out->len && !memcmp(again.text, out->text, out->len);
        explicit_bzero(&again, sizeof again);
    }
    close(tty);
    if (bad)
        cli_error("passphrase", "was not entered");
    else if (!same)
        cli_error("passphrase", "the two are different");
    return bad || !same ? CLI_STORE : check_length(out);
}

int cli_new_secret(const char *key_file, int ask, int fd, cli_passphrase *text, bf_secret *secret)
{
    int rc = CLI_OK;
    bf_secret_init(secret);
    if (key_file) {
        secret->kind = BF_SECRET_KEY_FILE;
        secret->path = key_file;
        return CLI_OK;
    }
    if (fd >= 0)
        rc = cli_read_passphrase_fd(fd, text);
    else
        rc = cli_ask_passphrase(ask > 1 ? "New passphrase: " : "Passphrase: ", ask > 1, text);
    secret->kind = BF_SECRET_PASSPHRASE;
    secret->passphrase = text->text;
    secret->passphrase_len = text->len;
    return rc;
}
