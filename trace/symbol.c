/*
 * File, line and function of a captured frame, from the driver's DWARF through libdw. Slow, so it is
 * done only for sites that are printed or recorded, and kept.
 */
#include <dlfcn.h>
#include <elfutils/libdwfl.h>
#include <link.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/must.h"
#include "trace/site_private.h"

#define LINE_SEARCH_BYTES 64

static const Dwfl_Callbacks callbacks = {
    .find_elf = dwfl_build_id_find_elf,
    .find_debuginfo = dwfl_standard_find_debuginfo,
    .section_address = dwfl_offline_section_address,
};

struct code_range {
    uint64_t base, low, high;
};

static int code_range_of(struct dl_phdr_info *info, size_t size, void *ctx)
{
    struct code_range *r = ctx;

    (void)size;
    if (info->dlpi_addr != r->base)
        return 0;
    for (int i = 0; i < info->dlpi_phnum; i++) {
        const ElfW(Phdr) *ph = &info->dlpi_phdr[i];

        if (ph->p_type == PT_LOAD && (ph->p_flags & PF_X)) {
            r->low = r->base + ph->p_vaddr;
            r->high = r->low + ph->p_memsz;
        }
    }
    return 1;
}

int site_module_add(struct site_depot *d, const char *name, const char *path, const void *inside)
{
    Dl_info info;
    unsigned at = 0;

    if (!dladdr(inside, &info))
        return ERR_NOTFOUND;
    while (at < d->module_count && d->modules[at].end)
        at++;
    if (at == SITE_MODULES_MAX)
        return ERR_NOMEM;
    struct code_range r = { .base = (uint64_t)info.dli_fbase };

    if (!dl_iterate_phdr(code_range_of, &r) || !r.high)
        return ERR_NOTFOUND;
    struct site_module *m = &d->modules[at];

    memset(m, 0, sizeof(*m));
    m->base = r.low;
    m->end = r.high;
    m->load_bias = r.base;
    strncpy(m->name, name, sizeof(m->name) - 1);
    strncpy(m->path, path, sizeof(m->path) - 1);
    if (at == d->module_count)
        d->module_count++;
    return (int)at;
}

void site_module_remove(struct site_depot *d, int index)
{
    must(index >= 0 && (unsigned)index < d->module_count);
    /* Sites that name the module get their text now: afterwards nobody could find it. */
    for (uint32_t i = 1; i < d->count; i++)
        for (unsigned f = 0; f < d->sites[i].frame_count; f++) {
            struct site_frame_text text;

            site_frame_text(d, i, f, &text);
        }
    site_found_forget(d);
    if (d->dwfl[index])
        dwfl_end(d->dwfl[index]);
    d->dwfl[index] = NULL;
    memset(&d->modules[index], 0, sizeof(d->modules[index]));
    while (d->module_count && !d->modules[d->module_count - 1].end)
        d->module_count--;
}

void site_found_forget(struct site_depot *d)
{
    free(d->found);
    d->found = NULL;
    d->found_count = d->found_room = 0;
}

void site_symbols_close(struct site_depot *d)
{
    site_found_forget(d);
    for (unsigned i = 0; i < SITE_MODULES_MAX; i++)
        if (d->dwfl[i])
            dwfl_end(d->dwfl[i]);
}

void site_modules_clear(struct site_depot *d)
{
    site_depot_reset(d);
    site_symbols_close(d);
    memset(d->dwfl, 0, sizeof(d->dwfl));
    memset(d->modules, 0, sizeof(d->modules));
    d->module_count = 0;
}

static Dwfl *dwfl_of(struct site_depot *d, unsigned module)
{
    struct site_module *m = &d->modules[module];

    if (d->dwfl[module])
        return d->dwfl[module];
    Dwfl *dwfl = dwfl_begin(&callbacks);

    if (!dwfl)
        return NULL;
    dwfl_report_begin(dwfl);
    /* Reported at its real place, so that a return address can be asked for as it is. */
    if (!dwfl_report_elf(dwfl, m->name, m->path, -1, m->load_bias, true)) {
        dwfl_end(dwfl);
        return NULL;
    }
    dwfl_report_end(dwfl, NULL, NULL);
    d->dwfl[module] = dwfl;
    return dwfl;
}

static void text_find(struct site_depot *d, uint64_t pc, struct site_frame_text *out)
{
    memset(out, 0, sizeof(*out));
    strcpy(out->file, "?");
    strcpy(out->function, "?");
    for (unsigned i = 0; i < d->module_count; i++) {
        struct site_module *m = &d->modules[i];

        if (pc < m->base || pc >= m->end)
            continue;
        strncpy(out->file, m->name, sizeof(out->file) - 1);
        Dwfl *dwfl = dwfl_of(d, i);
        Dwfl_Module *mod = dwfl ? dwfl_addrmodule(dwfl, pc) : NULL;

        if (!mod)
            return;
        const char *file = NULL;
        int number = 0;

        /* Code that the compiler merged has line 0: the nearest line before it is the best there is. */
        for (uint64_t at = pc; !number && at > pc - LINE_SEARCH_BYTES; at--) {
            Dwfl_Line *line = dwfl_module_getsrc(mod, at);

            if (line)
                file = dwfl_lineinfo(line, NULL, &number, NULL, NULL, NULL);
        }
        const char *function = dwfl_module_addrname(mod, pc);

        if (file && !strncmp(file, "./", 2)) /* a driver that was built in its own folder */
            file += 2;
        if (file)
            strncpy(out->file, file, sizeof(out->file) - 1);
        if (function)
            strncpy(out->function, function, sizeof(out->function) - 1);
        out->line = (uint32_t)number;
        return;
    }
}

/* Where pc stands or would stand. */
static struct site_found *found_slot(struct site_depot *d, uint64_t pc)
{
    uint32_t mask = d->found_room - 1, at = (uint32_t)(pc * 0x9e3779b97f4a7c15u >> 40) & mask;

    while (d->found[at].pc && d->found[at].pc != pc)
        at = (at + 1) & mask;
    return &d->found[at];
}

static void found_grow(struct site_depot *d)
{
    struct site_found *old = d->found;
    uint32_t room = d->found_room;

    d->found_room = room ? room * 2 : 256;
    d->found = calloc(d->found_room, sizeof(*d->found));
    must(d->found);
    for (uint32_t i = 0; i < room; i++)
        if (old[i].pc)
            *found_slot(d, old[i].pc) = old[i];
    free(old);
}

/* text_find, once for an address: a driver's runs have the same stacks. */
static void text_of(struct site_depot *d, uint64_t pc, struct site_frame_text *out)
{
    struct site_found *f;

    if (d->found_count * 2 >= d->found_room)
        found_grow(d);
    f = found_slot(d, pc);
    if (!f->pc) {
        text_find(d, pc, &f->text);
        f->pc = pc;
        d->found_count++;
    }
    *out = f->text;
}

bool site_frame_text(struct site_depot *d, uint32_t id, unsigned i, struct site_frame_text *out)
{
    memset(out, 0, sizeof(*out));
    if (!id || id >= d->count || i >= d->sites[id].frame_count)
        return false;
    struct site *site = &d->sites[id];

    if (!site->text) {
        site->text = calloc(SITE_FRAMES_MAX, sizeof(*site->text));
        must(site->text);
    }
    if (!(site->text_known & (1u << i))) {
        /* A return address is one past its call; the line is the call's. */
        text_of(d, site->pcs[i] - 1, &site->text[i]);
        site->text_known |= (uint8_t)(1u << i);
    }
    *out = site->text[i];
    return true;
}
