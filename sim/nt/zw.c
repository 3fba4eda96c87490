/*
 * The life of the object manager's and the registry's state: made once for a machine, cleared
 * before each run.
 */
#include <stdlib.h>

#include "base/err.h"
#include "sim/nt/zw.h"

int nt_zw_create(struct sim *s)
{
    s->nt->zw = calloc(1, sizeof(*s->nt->zw));
    if (!s->nt->zw)
        return ERR_NOMEM;
    if (ob_create(s) || reg_tree_create(s)) {
        nt_zw_destroy(s);
        return ERR_NOMEM;
    }
    ps_reset(s);
    return 0;
}

void nt_zw_reset(struct sim *s)
{
    s->nt->zw->events = NULL;
    s->nt->zw->files = NULL;
    ob_reset(s);
    reg_tree_reset(s);
    ps_reset(s);
}

void nt_zw_destroy(struct sim *s)
{
    if (!s->nt->zw)
        return;
    reg_tree_destroy(s);
    ob_destroy(s);
    free(s->nt->zw);
    s->nt->zw = NULL;
}
