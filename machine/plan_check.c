/*
 * Whether a plan can be played at all. Who makes plans by hand or from a fuzzer's bytes learns here what is
 * wrong with one, before anything runs.
 */
#include <stdio.h>

#include "machine/plan_play.h"

static const char *buffer_wrong(const struct dm_plan_buffer *b)
{
    if (b->bytes > UINT32_MAX)
        return "a buffer of less than 4 GiB";
    if (b->content == DM_CONTENT_BYTES && b->bytes && !b->data)
        return "the bytes of a buffer";
    if ((unsigned)b->content > DM_CONTENT_FILL)
        return "a buffer's contents";
    if ((unsigned)b->place > DM_PLACE_WILD)
        return "a buffer's place";
    return NULL;
}

static const char *op_wrong(const struct dm_plan *p, const struct dm_plan_op *op)
{
    bool named = op->kind == DM_OP_PLUG || op->kind == DM_OP_REGISTRY || op->kind == DM_OP_FILE;
    const char *wrong = NULL;

    if (op->kind >= DM_OP_COUNT)
        return "one of enum dm_plan_kind";
    if (op->buffer_first > p->buffer_count || op->buffer_count > p->buffer_count - op->buffer_first)
        return "buffers of the plan's";
    if (named && !op->name)
        return "a name";
    if (op->kind == DM_OP_FILE &&
        (op->buffer_count != 1 || p->buffers[op->buffer_first].content != DM_CONTENT_BYTES))
        return "the file's bytes";
    for (uint32_t i = 0; i < op->buffer_count && !wrong; i++)
        wrong = buffer_wrong(&p->buffers[op->buffer_first + i]);
    return wrong;
}

bool plan_check(const struct dm_plan *p, char *message, size_t message_size)
{
    for (size_t i = 0; i < p->op_count; i++) {
        const char *wrong = op_wrong(p, &p->ops[i]);

        if (wrong) {
            snprintf(message, message_size, "op %zu of the plan: expected %s", i + 1, wrong);
            return false;
        }
    }
    return true;
}
