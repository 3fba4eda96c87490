/*
 * The statements of a program's text form (docs/devices/accel.md): each adds to a program that is made into
 * one block at the end. What a step may say is not judged here: a driver has to.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/must.h"
#include "machine/program_parser.h"

const char *const program_types[] = { "u8", "i32", "f32", NULL };

void *array_add(struct array *a, size_t bytes)
{
    if (a->used + bytes > a->room) {
        a->room = 2 * (a->used + bytes) + 256;
        a->p = realloc(a->p, a->room);
        must(a->p);
    }
    a->used += bytes;
    return memset((char *)a->p + a->used - bytes, 0, bytes);
}

static struct range *range_find(const struct parser *p, const char *name)
{
    struct range *r = p->ranges.p;

    for (size_t i = 0; i < p->ranges.used / sizeof *r; i++)
        if (!strcmp(r[i].name, name))
            return &r[i];
    return NULL;
}

static const struct label *label_find(const struct parser *p, const char *name)
{
    const struct label *l = p->labels.p;

    for (size_t i = 0; i < p->labels.used / sizeof *l; i++)
        if (!strcmp(l[i].name, name))
            return &l[i];
    return NULL;
}

bool take_range(struct parser *p, struct range **r)
{
    struct text_place place = text_here(&p->t);
    char name[TEXT_NAME_MAX];

    if (!text_take_name(&p->t, "a range's name", name))
        return false;
    *r = range_find(p, name);
    return *r || text_wrong_at(&p->t, place, "a range's name: there is no range '%s'", name);
}

/* --- what the buffer is --- */

static bool take_program(struct parser *p) { return text_take_name(&p->t, "a name", p->name); }

static bool take_buffer(struct parser *p)
{
    if (p->contents)
        return text_wrong_at(&p->t, p->place, "one 'buffer' only");
    if (!text_take_number(&p->t, "a length in bytes", 1, BUFFER_BYTES_MAX, &p->buffer_bytes))
        return false;
    p->contents = calloc(1, p->buffer_bytes);
    must(p->contents);
    return true;
}

static bool take_new_range(struct parser *p)
{
    struct text_place place = text_here(&p->t);
    struct range r = { 0 };
    uint64_t bytes;
    int type;

    if (!text_take_name(&p->t, "a name", r.name))
        return false;
    if (range_find(p, r.name) || !strcmp(r.name, "buffer"))
        return text_wrong_at(&p->t, place, "a new name: '%s' is taken", r.name);
    if ((type = text_take_one_of(&p->t, "a type", program_types)) < 0)
        return false;
    bytes = text_type_bytes(r.type = (unsigned)type);
    if (!text_take_word(&p->t, "at") ||
        !text_take_number(&p->t, "an offset in the buffer", 0, p->buffer_bytes, &r.offset) ||
        !text_take_word(&p->t, "count") ||
        !text_take_number(&p->t, "a count that the buffer holds", 1,
                          (p->buffer_bytes - r.offset) / bytes, &r.count))
        return false;
    *(struct range *)array_add(&p->ranges, sizeof r) = r;
    return true;
}

/* --- what comes of it --- */

static bool expect_values(struct parser *p, const struct operand *o, struct dm_program_expected *e)
{
    uint64_t bytes = text_type_bytes(o->type);
    uint32_t bits;

    e->literal_at =
        p->literals.used + 1; /* its place among the literals, until the block is made */
    do {
        if (e->bytes + bytes > o->bytes_left)
            return text_expected(&p->t, "at most %" PRIu64 " values", o->bytes_left / bytes);
        if (!text_take_value(&p->t, o->type, &bits))
            return false;
        memcpy(array_add(&p->literals, bytes), &bits, bytes);
        e->bytes += bytes;
    } while (text_is(&p->t, ',') && text_take_char(&p->t, ','));
    e->digest = dm_program_digest((uint8_t *)p->literals.p + e->literal_at - 1, e->bytes);
    return true;
}

static bool take_expect(struct parser *p)
{
    struct dm_program_expected e = { 0 };
    struct operand o = { .bytes_left = p->buffer_bytes };
    struct text before = p->t;
    char name[TEXT_NAME_MAX];
    bool whole;

    if (!text_take_name(&p->t, "a range's name or 'buffer'", name))
        return false;
    whole = !strcmp(name, "buffer");
    if (!whole) {
        p->t = before;
        if (!take_operand(p, "a range", &o))
            return false;
    }
    e.offset = o.ref;
    if (!whole && text_is(&p->t, '=')) {
        if (!text_take_char(&p->t, '=') || !expect_values(p, &o, &e))
            return false;
    } else {
        if (!text_is_name(&p->t))
            return text_expected(&p->t, whole ? "'digest'" : "'=' or 'digest'");
        e.bytes = o.bytes_left;
        if (!text_take_word(&p->t, "digest") ||
            !text_take_number(&p->t, "a digest", 0, UINT64_MAX, &e.digest))
            return false;
    }
    *(struct dm_program_expected *)array_add(&p->expected, sizeof e) = e;
    return true;
}

static bool take_outcome(struct parser *p, uint32_t outcome)
{
    static const char *const reasons[] = { "opcode",      "type",      "variant", "size",
                                           "alignment",   "reference", "overlap", "index",
                                           "working-set", NULL };
    int reason;

    p->outcome_place = text_here(&p->t);
    if (p->outcome != DM_PROGRAM_RUNS)
        return text_wrong_at(&p->t, p->place, "one 'refused' or 'faults' only");
    p->outcome = outcome;
    if (text_is_name(&p->t)
            ? !text_take_name(&p->t, "a label", p->outcome_label)
            : !text_take_number(&p->t, "a step's number or label", 0, STEPS_MAX, &p->outcome_step))
        return false;
    if (text_line_ends(&p->t))
        return true;
    reason = text_take_one_of(&p->t, "a reason", reasons);
    p->reason =
        reason == 8 ? 102 : (uint32_t)reason + 2; /* the device's codes, and one of its driver */
    return reason >= 0;
}

/* --- lines --- */

static bool take_label(struct parser *p, const char *name, struct text_place place)
{
    struct label *l;

    if (label_find(p, name))
        return text_wrong_at(&p->t, place, "a new label: '%s' is taken", name);
    l = array_add(&p->labels, sizeof *l);
    strcpy(l->name, name);
    l->step = step_count(p);
    return true;
}

static bool take_statement(struct parser *p)
{
    static const struct {
        const char *word;
        bool (*take)(struct parser *p);
    } statements[] = { { "program", take_program }, { "buffer", take_buffer },
                       { "range", take_new_range }, { "init", take_init },
                       { "raw", take_raw },         { "expect", take_expect } };
    struct text_place place = text_here(&p->t);
    char name[TEXT_NAME_MAX];
    unsigned opcode;
    int type;

    p->place = place;
    if (!text_take_name(&p->t, "a statement, a step or a label", name))
        return false;
    if (text_is(&p->t, ':'))
        return text_take_char(&p->t, ':') && take_label(p, name, place) &&
               (text_line_ends(&p->t) || take_statement(p));
    if (!p->contents && strcmp(name, "program") != 0 && strcmp(name, "buffer") != 0)
        return text_wrong_at(&p->t, place, "'buffer BYTES' before '%s'", name);
    for (size_t i = 0; i < sizeof statements / sizeof *statements; i++)
        if (!strcmp(name, statements[i].word))
            return statements[i].take(p);
    if (!strcmp(name, "refused"))
        return take_outcome(p, DM_PROGRAM_REFUSED);
    if (!strcmp(name, "faults"))
        return take_outcome(p, DM_PROGRAM_FAULTS);
    if (is_opcode(name, &opcode, &type))
        return take_step(p, opcode, type);
    return text_wrong_at(&p->t, place, "a statement, a step or a label, not '%s'", name);
}

static bool outcome_settle(struct parser *p)
{
    const struct label *l = label_find(p, p->outcome_label);

    if (*p->outcome_label && !l)
        return text_wrong_at(&p->t, p->outcome_place,
                             "a step's number or label: there is no label '%s'", p->outcome_label);
    if (l)
        p->outcome_step = l->step;
    if (p->outcome != DM_PROGRAM_RUNS && p->outcome_step >= step_count(p))
        return text_wrong_at(&p->t, p->outcome_place, "a step below %u", step_count(p));
    return true;
}

static bool take_all(struct parser *p)
{
    do {
        if (!text_line_ends(&p->t) && (!take_statement(p) || !text_at_end(&p->t)))
            return false;
    } while (text_next_line(&p->t));
    if (!p->contents)
        return text_expected(&p->t, "'buffer BYTES'");
    if (!step_count(p))
        return text_expected(&p->t, "a step");
    if (!p->expected.used && p->outcome == DM_PROGRAM_RUNS)
        return text_expected(&p->t, "'expect', 'refused' or 'faults'");
    return outcome_settle(p);
}

/* --- the block --- */

static struct dm_program *block_make(const struct parser *p, size_t *bytes)
{
    uint64_t steps_at = sizeof(struct dm_program), expected_at = steps_at + p->steps.used;
    uint64_t literals_at = expected_at + p->expected.used;
    uint64_t contents_at = literals_at + p->literals.used;
    struct dm_program *b = malloc(*bytes = contents_at + p->buffer_bytes);
    struct dm_program_expected *e = (void *)((char *)b + expected_at);

    must(b);
    *b = (struct dm_program) { .magic = DM_PROGRAM_MAGIC,
                               .steps = step_count(p),
                               .outcome = p->outcome,
                               .step = (uint32_t)p->outcome_step,
                               .reason = p->reason,
                               .expected = (uint32_t)(p->expected.used / sizeof *e),
                               .buffer_bytes = p->buffer_bytes,
                               .steps_at = steps_at,
                               .contents_at = contents_at,
                               .expected_at = expected_at };
    snprintf(b->name, sizeof b->name, "%s", p->name);
    memcpy((char *)b + steps_at, p->steps.p, p->steps.used);
    if (p->expected.used)
        memcpy(e, p->expected.p, p->expected.used);
    if (p->literals.used)
        memcpy((char *)b + literals_at, p->literals.p, p->literals.used);
    memcpy((char *)b + contents_at, p->contents, p->buffer_bytes);
    for (uint32_t i = 0; i < b->expected; i++)
        if (e[i].literal_at)
            e[i].literal_at += literals_at - 1;
    return b;
}

struct dm_program *program_parse(const char *file, const char *text, size_t *bytes, char *message,
                                 size_t message_size)
{
    struct parser p = { 0 };
    struct dm_program *b;

    text_begin(&p.t, file, text, message, message_size);
    b = take_all(&p) ? block_make(&p, bytes) : NULL;
    free(p.contents);
    free(p.ranges.p);
    free(p.labels.p);
    free(p.steps.p);
    free(p.expected.p);
    free(p.literals.p);
    return b;
}

/* All of a file, with a zero behind it; NULL: it cannot be read. */
static char *file_text(const char *path, size_t *length)
{
    FILE *f = fopen(path, "rb");
    size_t room = 1u << 16;
    char *text = f ? malloc(room) : NULL;

    *length = 0;
    while (text && !feof(f)) {
        *length += fread(text + *length, 1, room - 1 - *length, f);
        if (ferror(f)) {
            free(text);
            text = NULL;
        } else if (*length == room - 1) {
            char *more = realloc(text, room *= 2);

            must(more);
            text = more;
        }
    }
    if (f)
        fclose(f);
    if (text)
        text[*length] = 0;
    return text;
}

struct dm_program *program_read(const char *path, size_t *bytes, char *message, size_t message_size)
{
    struct dm_program *b = NULL;
    size_t length;
    char *text = file_text(path, &length);

    if (!text)
        snprintf(message, message_size, "%s: %s", path, strerror(errno));
    else if (strlen(text) != length)
        snprintf(message, message_size, "%s: a program is text, without zero bytes", path);
    else
        b = program_parse(path, text, bytes, message, message_size);
    free(text);
    return b;
}

void program_free(struct dm_program *p) { free(p); }
