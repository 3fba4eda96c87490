/*
 * Steps in a program's text form: an opcode with its operands, or a step by its fields.
 */
#include <inttypes.h>
#include <stddef.h>
#include <string.h>

#include "machine/program_parser.h"

static const char *const opcodes[] = { "copy",   "fill",   "add",    "mul",    "fma",
                                       "reduce", "select", "matmul", "gather", NULL };
enum { COPY = 1, FILL, ADD, MUL, FMA, REDUCE, SELECT, MATMUL, GATHER };
static const unsigned inputs_of[] = { 0, 1, 0, 2, 2, 3, 1, 4, 2, 2 };

static bool take_raw_ref(struct text *t, uint64_t *ref)
{
    const uint64_t offset_max = 0x00ffffffffffffffull;
    struct text_place place = text_here(t);
    uint64_t buffer = 0, offset;

    if (!text_take_number(t, "an offset in bytes", 0, offset_max, &offset))
        return false;
    if (text_is(t, ':')) {
        buffer = offset;
        if (buffer > 255)
            return text_wrong_at(t, place, "a buffer from 0 to 255");
        if (!text_take_char(t, ':') ||
            !text_take_number(t, "an offset in bytes", 0, offset_max, &offset))
            return false;
    }
    *ref = buffer << 56 | offset;
    return true;
}

bool take_operand(struct parser *p, const char *what, struct operand *o)
{
    struct range *r;
    uint64_t element = 0;

    *o = (struct operand) { 0 };
    if (text_is(&p->t, '@'))
        return text_take_char(&p->t, '@') && take_raw_ref(&p->t, &o->ref);
    if (!text_is_name(&p->t))
        return text_expected(&p->t, "%s: a range's name or @OFFSET", what);
    if (!take_range(p, &r))
        return false;
    if (text_is(&p->t, '[') && (!text_take_char(&p->t, '[') ||
                                !text_take_number(&p->t, "an element", 0, r->count - 1, &element) ||
                                !text_take_char(&p->t, ']')))
        return false;
    o->named = true;
    o->type = r->type;
    o->ref = r->offset + element * text_type_bytes(r->type);
    o->bytes_left = (r->count - element) * text_type_bytes(r->type);
    return true;
}

/* What stands between the opcode and its operands. */
static bool take_variant(struct text *t, struct step *s)
{
    static const char *const reductions[] = { "sum", "min", "max", NULL };
    static const char *const comparisons[] = { "eq", "ne", "lt", "le", NULL };
    uint32_t tile[3];
    int variant = 0;

    if (s->opcode == REDUCE)
        variant = text_take_one_of(t, "a reduction", reductions);
    else if (s->opcode == SELECT)
        variant = text_take_one_of(t, "a comparison", comparisons);
    if (variant < 0)
        return false;
    s->variant = (uint8_t)variant;
    if (s->opcode != MATMUL)
        return true;
    if (!text_take_tile(t, tile))
        return false;
    s->count = tile[0];
    s->count2 = tile[1];
    s->count3 = tile[2];
    return true;
}

/* Out, '=', and the inputs or the value. A product's third input is what makes it add. */
static bool take_operands(struct parser *p, struct step *s, bool typed, struct operand o[OPERANDS])
{
    static const char *const what[] = { "the output", "operand a", "operand b", "operand c",
                                        "operand d" };
    unsigned inputs = inputs_of[s->opcode];

    if (!take_operand(p, what[OUT], &o[OUT]) || !text_take_char(&p->t, '='))
        return false;
    if (s->opcode == FILL) {
        if (!typed && !o[OUT].named)
            return text_wrong_at(&p->t, p->place, "a type, as in 'fill.u8': no range says it");
        s->type = typed ? s->type : (uint8_t)o[OUT].type;
        return text_take_value(&p->t, s->type, &s->immediate);
    }
    for (unsigned i = A; i <= inputs; i++) {
        if ((i > A && !text_take_char(&p->t, ',')) || !take_operand(p, what[i], &o[i]))
            return false;
        if (s->opcode == MATMUL && i == B && text_is(&p->t, ',')) {
            inputs = C;
            s->variant = 1;
        }
    }
    return true;
}

static bool take_count(struct parser *p, struct step *s, const struct operand o[OPERANDS])
{
    const struct operand *said = s->opcode == REDUCE ? &o[A] : &o[OUT];
    uint64_t count = said->bytes_left / text_type_bytes(s->type);

    if (s->opcode == MATMUL)
        return true;
    if (s->opcode == GATHER) {
        if (!o[A].named)
            return text_expected(&p->t, "a range as the table");
        s->count2 = (uint32_t)(o[A].bytes_left / text_type_bytes(s->type));
    }
    if (!text_line_ends(&p->t)) {
        if (!text_take_word(&p->t, "count") ||
            !text_take_number(&p->t, "a count", 0, UINT32_MAX, &count))
            return false;
    } else if (!said->named) {
        return text_expected(&p->t, "'count N', since no range says how many");
    }
    s->count = (uint32_t)count;
    return true;
}

static bool step_add(struct parser *p, const struct step *s)
{
    if (step_count(p) == STEPS_MAX)
        return text_expected(&p->t, "at most %u steps", STEPS_MAX);
    *(struct step *)array_add(&p->steps, sizeof *s) = *s;
    return true;
}

bool take_step(struct parser *p, unsigned opcode, int type)
{
    struct step s = { .opcode = (uint8_t)opcode, .type = type < 0 ? 0 : (uint8_t)type };
    struct operand o[OPERANDS] = { 0 };
    const struct operand *said = opcode == REDUCE ? &o[A] : &o[OUT];

    if (!take_variant(&p->t, &s) || !take_operands(p, &s, type >= 0, o))
        return false;
    if (type < 0 && !said->named)
        return text_wrong_at(&p->t, p->place, "a type, as in '%s.u8': no range says it",
                             opcodes[opcode - 1]);
    if (type < 0)
        s.type = (uint8_t)said->type;
    if (!take_count(p, &s, o))
        return false;
    for (unsigned i = 0; i < OPERANDS; i++)
        s.refs[i] = o[i].ref;
    return step_add(p, &s);
}

bool is_opcode(const char *name, unsigned *opcode, int *type)
{
    const char *point = strchr(name, '.');
    size_t length = point ? (size_t)(point - name) : strlen(name);

    *type = -1;
    for (int i = 0; point && program_types[i]; i++)
        if (!strcmp(point + 1, program_types[i]))
            *type = i;
    for (*opcode = COPY; *opcode <= GATHER; ++*opcode)
        if (strlen(opcodes[*opcode - 1]) == length && !memcmp(opcodes[*opcode - 1], name, length))
            return !point || *type >= 0;
    return false;
}

bool take_raw(struct parser *p)
{
    static const char *const fields[] = { "out",    "a",      "b",         "c",     "d",
                                          "opcode", "type",   "variant",   "flags", "count",
                                          "count2", "count3", "immediate", NULL };
    static const uint8_t at[] = { offsetof(struct step, refs),     offsetof(struct step, refs[A]),
                                  offsetof(struct step, refs[B]),  offsetof(struct step, refs[C]),
                                  offsetof(struct step, refs[D]),  offsetof(struct step, opcode),
                                  offsetof(struct step, type),     offsetof(struct step, variant),
                                  offsetof(struct step, flags),    offsetof(struct step, count),
                                  offsetof(struct step, count2),   offsetof(struct step, count3),
                                  offsetof(struct step, immediate) };
    struct step s = { 0 };

    while (!text_line_ends(&p->t)) {
        int field = text_take_one_of(&p->t, "a field", fields);
        size_t bytes = field <= D ? 8 : field <= 8 ? 1 : 4;
        uint64_t v;

        if (field < 0 || !text_take_char(&p->t, '=') ||
            !(field <= D
                  ? take_raw_ref(&p->t, &v)
                  : text_take_number(&p->t, "a number", 0, bytes == 1 ? 255 : UINT32_MAX, &v)))
            return false;
        memcpy((char *)&s + at[field], &v, bytes);
    }
    return step_add(p, &s);
}
