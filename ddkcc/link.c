/*
 * link.c: objects to a shared object, or to one object that a program links. Names that the driver
 * takes from Windows stay open; the simulator has them when it loads the driver. The dependency
 * rule and the list of open names, read from the ELF file itself, are here too.
 */
#include "ddkcc/ddkcc.h"

#include <elf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/*
 * Microsoft's linker merges what several files define without an initialiser; ELF's refuses. Adds
 * the names that it refused.
 */
static void note_tentative(const struct buf *said, struct list *tentative)
{
    static const char words[] = "multiple definition of `";

    for (const char *p = said->len ? said->at : ""; (p = strstr(p, words));) {
        p += sizeof words - 1;
        list_once(tentative, say("%.*s", (int)strcspn(p, "'\n"), p));
    }
}

/* Returns false if it should be tried once more, with what `tentative` now holds. */
static bool linked(struct options *o, char **argv)
{
    char *said = say("%s/link.said", o->tmp);
    int failed = run_heard(o, argv, said);
    size_t known = o->tentative.len;
    struct buf heard = { 0 };

    file_read(said, &heard);
    if (failed)
        note_tentative(&heard, &o->tentative);
    if (failed && !known && o->tentative.len)
        return false;
    fputs(heard.len ? heard.at : "", stderr);
    if (failed)
        quit(EXIT_DRIVER, "%s does not link", o->out);
    return true;
}

static bool link_shared(struct options *o, const struct list *objects)
{
    struct list l = { 0 };
    struct buf local = { 0 };
    char *script = say("%s/local.map", o->tmp);
    const char *const words[] = { "-shared",
                                  "-nostdlib",
                                  "-Wl,-Bsymbolic",
                                  "-Wl,-z,now",
                                  "-Wl,--hash-style=gnu",
                                  "-Wl,--build-id=none",
                                  "-Wl,-z,noexecstack",
                                  NULL };

    /* GNU ld exports the bounds of sections, and two drivers would share the first one's. */
    buf_str(&local, "{ local: __start_*; __stop_*; };\n");
    list_add(&l, say("%s", o->clang));
    for (size_t i = 0; words[i]; i++)
        list_add(&l, say("%s", words[i]));
    file_write(script, &local);
    list_add(&l, say("-Wl,--version-script=%s", script));
    list_add(&l, say("-Wl,-soname,%s", path_base(o->out)));
    for (size_t i = 0; i < objects->len; i++)
        list_add(&l, objects->at[i]);
    list_add(&l, say("-o"));
    list_add(&l, say("%s", o->out));
    return linked(o, l.at);
}

/* Hidden names become local, so that a driver's names never meet those of the program. */
static bool link_object(struct options *o, const struct list *objects)
{
    struct list l = { 0 }, hide = { 0 };

    list_add(&l, say("%s", o->clang));
    list_add(&l, say("-r"));
    list_add(&l, say("-nostdlib"));
    for (size_t i = 0; i < objects->len; i++)
        list_add(&l, objects->at[i]);
    list_add(&l, say("-o"));
    list_add(&l, say("%s", o->out));
    if (!linked(o, l.at))
        return false;
    list_add(&hide, say("objcopy"));
    list_add(&hide, say("--localize-hidden"));
    list_add(&hide, say("%s", o->out));
    if (run(o, hide.at))
        quit(EXIT_TOOL, "objcopy failed on %s", o->out);
    return true;
}

static void add_escaped(struct buf *b, const char *name)
{
    for (; *name; name++) {
        if (*name == ' ' || *name == '#')
            buf_str(b, "\\");
        if (*name == '$')
            buf_str(b, "$");
        buf_add(b, name, 1);
    }
}

/* As `clang -MD -MP`: headers get empty rules of their own, so that one may go away. */
void depfile_write(const struct options *o, const struct list *deps)
{
    struct buf b = { 0 };

    add_escaped(&b, o->out);
    buf_str(&b, ":");
    for (size_t i = 0; i < deps->len; i++) {
        buf_str(&b, " \\\n  ");
        add_escaped(&b, deps->at[i]);
    }
    buf_str(&b, "\n");
    for (size_t i = 0; i < deps->len; i++)
        if (!list_has(&o->sources, deps->at[i])) {
            add_escaped(&b, deps->at[i]);
            buf_str(&b, ":\n");
        }
    file_write(o->depfile, &b);
}

static bool inside(const struct buf *b, uint64_t offset, uint64_t size)
{
    return offset <= b->len && size <= b->len - offset;
}

/* Names that every host program has, or that belong to ELF itself. */
static bool ours(const char *name)
{
    return !strncmp(name, "__door_", 7) || !strncmp(name, "ddk_", 4) ||
           !strncmp(name, "__asan_", 7) || !strncmp(name, "__sanitizer_", 12) ||
           !strcmp(name, "_GLOBAL_OFFSET_TABLE_");
}

static void add_undefined(const struct buf *b, const Elf64_Shdr *sections, size_t index,
                          struct list *to)
{
    const Elf64_Shdr *s = &sections[index], *names = &sections[s->sh_link];

    if (!inside(b, s->sh_offset, s->sh_size) || !inside(b, names->sh_offset, names->sh_size))
        quit(EXIT_USAGE, "a damaged ELF file");
    for (uint64_t at = sizeof(Elf64_Sym); at + sizeof(Elf64_Sym) <= s->sh_size;
         at += sizeof(Elf64_Sym)) {
        Elf64_Sym y;
        memcpy(&y, b->at + s->sh_offset + at, sizeof y);
        if (y.st_shndx != SHN_UNDEF || y.st_name >= names->sh_size ||
            ELF64_ST_BIND(y.st_info) == STB_WEAK)
            continue;
        const char *name = b->at + names->sh_offset + y.st_name;
        if (*name && !ours(name))
            list_add(to, say("%s", name));
    }
}

static void read_known(const char *path, struct list *known)
{
    struct buf b = { 0 };
    char *save = NULL;

    if (!path)
        return;
    if (!file_read(path, &b))
        quit(EXIT_USAGE, "cannot read %s", path);
    for (char *p = b.at; (p = strtok_r(p, " \t\r\n", &save)); p = NULL)
        list_add(known, p);
}

/* The names that an object needs from outside. */
static void undefined_of(const char *path, struct list *to)
{
    struct buf b = { 0 };
    Elf64_Ehdr h;

    if (!file_read(path, &b))
        quit(EXIT_USAGE, "cannot read %s", path);
    if (b.len < sizeof h || memcmp(b.at, ELFMAG, SELFMAG))
        quit(EXIT_USAGE, "%s is not an ELF file", path);
    memcpy(&h, b.at, sizeof h);
    if (!inside(&b, h.e_shoff, (uint64_t)h.e_shnum * sizeof(Elf64_Shdr)))
        quit(EXIT_USAGE, "%s is damaged", path);

    size_t size = h.e_shnum * sizeof(Elf64_Shdr);
    Elf64_Shdr *sections = need(malloc(size + 1));
    memcpy(sections, b.at + h.e_shoff, size);
    uint32_t wanted = h.e_type == ET_DYN ? SHT_DYNSYM : SHT_SYMTAB;
    for (size_t i = 0; i < h.e_shnum; i++)
        if (sections[i].sh_type == wanted && sections[i].sh_link < h.e_shnum)
            add_undefined(&b, sections, i, to);
    free(sections);
}

int undefined_list(const struct options *o)
{
    struct list known = { 0 }, open = { 0 };

    read_known(o->known, &known);
    undefined_of(o->undefined, &open);
    for (size_t i = 0; i < open.len; i++)
        if (!list_has(&known, open.at[i]))
            puts(open.at[i]);
    return EXIT_OK;
}

/* What a source calls and another one has as an inline function of its own. False: there is none. */
static bool note_inlines(const struct options *o)
{
    struct list open = { 0 };
    size_t before = o->inlines->called.len;

    if (o->inlines->met.len)
        undefined_of(o->out, &open);
    for (size_t i = 0; i < open.len; i++)
        if (list_has(&o->inlines->met, open.at[i]))
            list_once(&o->inlines->called, open.at[i]);
    return o->inlines->called.len > before;
}

bool link_output(struct options *o, const struct list *objects)
{
    return (o->object ? link_object(o, objects) : link_shared(o, objects)) && !note_inlines(o);
}
