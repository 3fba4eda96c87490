/*
 * Whether a driver's accesses pass the access door: whether anything in its image is to be bound to
 * one of the door's functions. An image whose objects were compiled by somebody else has none.
 */
#include <dlfcn.h>
#include <elf.h>
#include <link.h>
#include <string.h>

#include "machine/private.h"

#define DOOR_PREFIX "__door_"

struct dynamic { /* what an image says of itself */
    const Elf64_Sym *symbols;
    const char *names;
    const Elf64_Rela *tables[2];
    uint64_t bytes[2];
};

static bool has_door(const struct dynamic *d, const Elf64_Rela *table, uint64_t bytes)
{
    for (uint64_t i = 0; table && i < bytes / sizeof(*table); i++) {
        const char *name = d->names + d->symbols[ELF64_R_SYM(table[i].r_info)].st_name;

        if (strncmp(name, DOOR_PREFIX, strlen(DOOR_PREFIX)) == 0)
            return true;
    }
    return false;
}

static void take(struct dynamic *d, const ElfW(Dyn) * e)
{
    uintptr_t at = e->d_un.d_ptr;

    switch (e->d_tag) {
    case DT_SYMTAB:
        d->symbols = (const Elf64_Sym *)at;
        break;
    case DT_STRTAB:
        d->names = (const char *)at;
        break;
    case DT_RELA:
        d->tables[0] = (const Elf64_Rela *)at;
        break;
    case DT_RELASZ:
        d->bytes[0] = e->d_un.d_val;
        break;
    case DT_JMPREL:
        d->tables[1] = (const Elf64_Rela *)at;
        break;
    case DT_PLTRELSZ:
        d->bytes[1] = e->d_un.d_val;
        break;
    }
}

bool dm_driver_instrumented(const struct dm_driver *driver)
{
    struct dynamic d = { 0 };
    struct link_map *map = NULL;

    if (dlinfo(driver->handle, RTLD_DI_LINKMAP, &map) != 0 || !map)
        return true; /* nothing can be told */
    for (const ElfW(Dyn) *e = map->l_ld; e->d_tag != DT_NULL; e++)
        take(&d, e);
    if (!d.symbols || !d.names)
        return true;
    return has_door(&d, d.tables[0], d.bytes[0]) || has_door(&d, d.tables[1], d.bytes[1]);
}
