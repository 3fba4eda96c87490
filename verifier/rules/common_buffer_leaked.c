/*
 * common_buffer_leaked and vector_leaked: a common buffer, or a vector of them, outlives its adapter, or
 * the driver. On Windows the physically contiguous pages and their logical addresses stay taken until
 * the next boot; those are the pages that are hardest to get again.
 */
#include "verifier/finding.h"
#include "verifier/track/track.h"

struct leak {
    struct rule_run *r;
    const struct event *e; /* NULL: at the end */
    uint32_t adapter;      /* 0: of any */
    bool vectors;
};

static void each(void *ctx, void *row)
{
    struct leak *l = ctx;
    const struct common_record *m = row;
    bool vector = OBJ_TYPE(m->head.id) == OBJ_VECTOR;
    const struct adapter_record *a = track_adapter(l->r->track, m->adapter);

    if (vector != l->vectors || (l->adapter && m->adapter != l->adapter))
        return;
    finding(l->r, l->e,
            &(struct finding_about) { .obj = m->head.id,
                                      .owner = m->adapter,
                                      .sites = { { ROLE_CREATED, m->site_created },
                                                 { ROLE_RELEASED, l->e ? l->e->site : 0 } },
                                      .bugcheck = { m->adapter, a ? a->live_commons : 0 },
                                      .bugcheck_known = l->e && !vector ? 2 : 0 },
            "%s of %s was not given back with FreeCommonBuffer%s%s", finding_object(m->head.id),
            finding_object(m->adapter), vector ? "Vector" : "",
            l->e ? " before PutDmaAdapter" : "");
}

static void look(struct rule_run *r, const struct event *e, bool vectors)
{
    const struct adapter_record *a = track_adapter(r->track, e->obj);

    if (a && a->head.live && a->live_commons)
        objtab_each_live(&r->track->commons, each, &(struct leak) { r, e, e->obj, vectors });
}

static void on_buffers(struct rule_run *r, const struct event *e) { look(r, e, false); }
static void on_vectors(struct rule_run *r, const struct event *e) { look(r, e, true); }

static void buffers_at_end(struct rule_run *r)
{
    objtab_each_live(&r->track->commons, each, &(struct leak) { r, NULL, 0, false });
}
static void vectors_at_end(struct rule_run *r)
{
    objtab_each_live(&r->track->commons, each, &(struct leak) { r, NULL, 0, true });
}

#define LEAK_RULE                                                                                  \
    .on = EV(ADAPTER_END), .level = ERROR, .family = COMMON, .once = true,                         \
    .after = "adapter_leaked, released_through_wrong_adapter"

RULE(common_buffer_leaked, LEAK_RULE, .bugcheck = DV(0xE6, 0x07),
     .source = "debugger/bug-check-0xe6--driver-verifier-dma-violation", .run = on_buffers,
     .also_at_end = buffers_at_end);
RULE(vector_leaked, LEAK_RULE, .bugcheck = DV(0x1DC, 0x05),
     .source = "debugger/bug-check-0x1dc--dma-common-buffer-vector-error", .run = on_vectors,
     .also_at_end = vectors_at_end);
