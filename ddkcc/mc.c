/*
 * mc.c: headers that Windows' message compiler makes. A driver that logs errors keeps its messages in
 * NAME.mc and includes NAME.h, which its build makes with mc.exe. Here NAME.h is written when it is
 * included, does not exist, and a NAME.mc lies where NAME.h would. The texts themselves are read past:
 * only the event log's viewer wants them.
 *
 * Gap: the `-c` option of a build (bit 29 in every code) is not seen.
 * Source: eventlog/message-text-files, kernel/defining-custom-error-types
 */
#include "ddkcc/ddkcc.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* A set of names with their numbers, as SeverityNames and FacilityNames give them. */
struct names {
    struct list names, numbers;
};

struct mc {
    struct names severities, facilities;
    char *type, *symbol;
    unsigned long severity, facility, id;
    struct buf out;
};

static unsigned long number_of(const struct names *n, const char *name)
{
    for (size_t i = n->names.len; i-- > 0;)
        if (!strcasecmp(n->names.at[i], name))
            return strtoul(n->numbers.at[i], NULL, 0);
    return strtoul(name, NULL, 0);
}

static void names_add(struct names *n, const char *name, const char *number)
{
    list_add(&n->names, say("%s", name));
    list_add(&n->numbers, say("%s", number));
}

static char *word(char **p)
{
    char *from = *p;

    while (isalnum((unsigned char)**p) || **p == '_' || **p == '+')
        ++*p;
    return say("%.*s", (int)(*p - from), from);
}

static void skip(char **p, const char *what) { *p += strspn(*p, what); }

/* (Name = number : SYMBOL ...). A symbol becomes a #define, also where no message uses it. */
static void take_names(struct mc *m, struct names *n, char **p)
{
    skip(p, "(");
    while (skip(p, " \t\r\n"), **p && **p != ')') {
        char *from = *p, *name = word(p), *number;

        skip(p, " \t\r\n=");
        number = word(p);
        skip(p, " \t");
        names_add(n, name, number);
        if (**p == ':') {
            skip(p, ": \t");
            char *symbol = word(p);
            if (*symbol)
                buf_fmt(&m->out, "#define %s %s\n", symbol, number);
        }
        if (*p == from) /* not of this grammar: go on behind it */
            ++*p;
    }
    skip(p, ")");
}

/* A message's text ends at a line that is a full stop alone. */
static void skip_text(char **p)
{
    while (**p) {
        char *line = *p;
        size_t len = strcspn(line, "\n");

        *p += len + (line[len] == '\n');
        while (len && isspace((unsigned char)line[len - 1]))
            len--;
        if (len == 1 && *line == '.')
            return;
    }
}

static void write_message(struct mc *m)
{
    unsigned long code = m->severity << 30 | m->facility << 16 | (m->id & 0xFFFF);

    if (!m->symbol || !*m->symbol)
        return;
    if (m->type && *m->type)
        buf_fmt(&m->out, "#define %s ((%s)0x%08lXL)\n", m->symbol, m->type, code);
    else
        buf_fmt(&m->out, "#define %s 0x%08lXL\n", m->symbol, code);
    m->symbol = NULL;
}

/* One `Keyword = value`, or what stands behind it. */
static void take_statement(struct mc *m, char **p)
{
    char *from = *p, *key = word(p);

    skip(p, " \t\r\n=");
    if (!strcasecmp(key, "SeverityNames")) {
        take_names(m, &m->severities, p);
    } else if (!strcasecmp(key, "FacilityNames")) {
        take_names(m, &m->facilities, p);
    } else if (!strcasecmp(key, "LanguageNames")) {
        *p += strcspn(*p, ")");
        skip(p, ")");
    } else if (!strcasecmp(key, "MessageIdTypedef")) {
        m->type = word(p);
    } else if (!strcasecmp(key, "MessageId")) {
        /* Without a value the next keyword stands here: the last number plus one is meant. */
        if (isdigit((unsigned char)**p))
            m->id = strtoul(word(p), NULL, 0);
        else
            m->id += **p == '+' ? strtoul(word(p) + 1, NULL, 0) : 1;
    } else if (!strcasecmp(key, "Severity")) {
        m->severity = number_of(&m->severities, word(p));
    } else if (!strcasecmp(key, "Facility")) {
        m->facility = number_of(&m->facilities, word(p));
    } else if (!strcasecmp(key, "SymbolicName")) {
        m->symbol = word(p);
    } else if (!strcasecmp(key, "Language")) {
        *p += strcspn(*p, "\n");
        skip_text(p);
        write_message(m); /* a second language brings no second #define */
    } else if (*p == from) {
        ++*p;
    }
}

static void translate(struct mc *m, char *p)
{
    static const char *const severities[] = { "Success", "0", "Informational", "1",
                                              "Warning", "2", "Error",         "3" };

    for (size_t i = 0; i < sizeof severities / sizeof *severities; i += 2)
        names_add(&m->severities, severities[i], severities[i + 1]);
    names_add(&m->facilities, "System", "0xFF");
    names_add(&m->facilities, "Application", "0xFFF");
    while (skip(&p, " \t\r\n"), *p) {
        if (*p == ';') { /* the rest of the line belongs to the header, as it is */
            size_t len = strcspn(p + 1, "\r\n");
            buf_add(&m->out, p + 1, len);
            buf_str(&m->out, "\n");
            p += 1 + len;
        } else {
            take_statement(m, &p);
        }
    }
}

void mc_write(const struct options *o, const struct scan *s)
{
    for (size_t i = 0; i < s->mc.len; i++) {
        struct mc m = { 0 };
        struct buf text = { 0 };

        if (!file_read(s->mc.at[i], &text))
            quit(EXIT_DRIVER, "cannot read %s", s->mc.at[i]);
        translate(&m, text.at);
        file_write(generated_path(o, s->mc_headers.at[i]), &m.out);
        free(text.at);
    }
}
