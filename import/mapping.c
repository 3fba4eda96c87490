/*
 * Runs that are mapped: by a list, until it is put; through map registers, until they are flushed,
 * page by page, or freed. And the channel that a request holds.
 */
#include "base/bits.h"
#include "import/model.h"

void import_map(struct import_model *m, uint32_t owner, const struct import_run *run)
{
    struct import_object *x = import_object(m, owner);
    uint64_t end = run->offset + run->bytes;
    bool same = x->was_mdl == run->mdl;

    import_run_add(x, run);
    x->was_from = same ? min_u64(x->was_from, run->offset) : run->offset;
    x->was_to = same ? max_u64(x->was_to, end) : end;
    x->was_mdl = run->mdl;
    if (!run->nowhere)
        import_tell(m, owner, EV_MAP, API_NONE, run->ba, dir_length(run->bytes, run->to_device),
                    run->offset, run->mdl);
}

static void unmapped(struct import_model *m, uint32_t owner, const struct import_run *run,
                     uint64_t ba, uint64_t bytes)
{
    if (!run->nowhere)
        import_tell(m, owner, EV_UNMAP, API_NONE, ba, dir_length(bytes, run->to_device), 0, 0);
}

void import_unmap_all(struct import_model *m, uint32_t owner)
{
    struct import_object *x = import_object(m, owner);

    for (uint32_t i = 0; i < x->run_count; i++)
        unmapped(m, owner, &x->runs[i], x->runs[i].ba, x->runs[i].bytes);
    x->run_count = 0;
}

/* What is left of a run in front of and behind [low, high). */
static void remainders(struct import_object *x, struct import_run run, uint64_t low, uint64_t high)
{
    struct import_run part = run;

    if (run.ba < low) {
        part.bytes = low - run.ba;
        import_run_add(x, &part);
    }
    if (high < run.ba + run.bytes) {
        part.ba = high;
        part.offset = run.offset + (high - run.ba);
        part.bytes = run.ba + run.bytes - high;
        import_run_add(x, &part);
    }
}

bool import_unmap(struct import_model *m, uint32_t owner, const struct import_buffer *b)
{
    struct import_object *x = import_object(m, owner);
    uint32_t count = x->run_count;
    bool touched = false;

    for (uint32_t i = 0; i < count;) {
        struct import_run r = x->runs[i];
        uint64_t from = max_u64(b->offset, r.offset);
        uint64_t to = min_u64(b->offset + b->length, r.offset + r.bytes), low, high;

        if (r.mdl != b->mdl || from >= to) {
            i++;
            continue;
        }
        touched = true;
        low = max_u64(align_down(r.ba + (from - r.offset), PAGE_BYTES), r.ba);
        high = min_u64(align_up(r.ba + (to - r.offset), PAGE_BYTES), r.ba + r.bytes);
        unmapped(m, owner, &r, low, high - low);
        /* The last of those still to be looked at takes its place, and the last of all that one's. */
        x->runs[i] = x->runs[--count];
        x->runs[count] = x->runs[--x->run_count];
        remainders(x, r, low, high);
    }
    return touched;
}

uint32_t import_channel_begin(struct import_model *m, uint32_t adapter, uint32_t registers,
                              size_t call)
{
    uint32_t channel = import_begin(m, OBJ_CHANNEL, m->line);
    struct import_object *x = import_object(m, channel), *a = import_object(m, adapter);

    x->adapter = adapter;
    x->count = registers;
    /* Another one that is held still has ended without a line that says so. */
    a->held = channel;
    a->early = false;
    a->touched = m->line;
    import_about(m, call, channel);
    import_tell(m, channel, EV_CHANNEL, API_NONE, import_id(m, adapter), registers, 1, 0);
    return channel;
}

void import_channel_end(struct import_model *m, uint32_t channel, uint64_t action)
{
    struct import_object *x = import_object(m, channel);
    struct import_object *a = import_object(m, x->adapter);

    import_end(m, channel);
    if (a->held == channel)
        a->held = 0;
    a->touched = m->line;
    import_tell(m, channel, EV_CHANNEL_END, API_NONE, a->id, action, 0, 0);
}

void import_registers_end(struct import_model *m, uint32_t mapregs, uint64_t said)
{
    struct import_object *x = import_object(m, mapregs);
    struct import_object *a = import_object(m, x->adapter);
    uint64_t mapped = 0, registers = 0;

    for (uint32_t i = 0; i < x->run_count; i++) {
        mapped += x->runs[i].bytes;
        registers += span_pages(x->runs[i].ba, x->runs[i].bytes);
    }
    if (mapped)
        import_tell(m, mapregs, EV_MAPREG_LEFT, API_NONE, a->id, registers, mapped, 0);
    import_unmap_all(m, mapregs);
    import_end(m, mapregs);
    if (import_is_sure(m, mapregs))
        a->registers_live -= min_u64(x->count, a->registers_live);
    import_tell(m, mapregs, EV_MAPREG_END, API_NONE, a->id, x->count, mapped, said);
}
