/*
 * scan.c: which files a driver's sources include, found by reading `#include` lines. It follows no
 * condition, so it finds more than a build reads; that does no harm, since the result only says
 * where to look for WPP's configuration and which folders want names without case.
 */
#include "ddkcc/ddkcc.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

enum { SCAN_FILES_MAX = 4096 };

/* The name that one folder has for `name`, whatever its case. Exact wins. */
static char *entry_find(const char *dir, const char *name)
{
    char *exact = say("%s/%s", dir, name);
    if (access(exact, F_OK) == 0)
        return exact;
    free(exact);

    char *found = NULL;
    DIR *d = opendir(dir);
    for (struct dirent *e; d && (e = readdir(d));)
        if (!strcasecmp(e->d_name, name) && (!found || strcmp(e->d_name, path_base(found)) < 0))
            found = say("%s/%s", dir, e->d_name);
    if (d)
        closedir(d);
    return found;
}

/* Looks up `sub\Name.h` below `dir` as Windows would. */
char *scan_find(const char *dir, const char *name)
{
    char *at = say("%s", dir), *copy = say("%s", name), *save = NULL;

    for (char *part = strtok_r(copy, "/\\", &save); part && at; part = strtok_r(NULL, "/\\", &save))
        at = entry_find(at, part);
    return at;
}

static bool ends_in_tmh(const char *name)
{
    size_t len = strlen(name);

    return len > 4 && !strcasecmp(name + len - 4, ".tmh");
}

/* Where NAME.mc lies, as NAME.h would: beside the file that asks, or in an -I folder. */
static char *scan_mc(const struct options *o, const char *from, const char *name)
{
    size_t len = strlen(name);

    if (len < 3 || strcasecmp(name + len - 2, ".h"))
        return NULL;
    char *mc = say("%.*s.mc", (int)len - 2, name), *found = scan_find(path_dir(from), mc);
    for (size_t i = 0; !found && i < o->includes.len; i++)
        found = scan_find(o->includes.at[i], mc);
    return found;
}

static void scan_name(const struct options *o, struct scan *s, const char *from, char *name)
{
    char *found = scan_find(path_dir(from), name);

    for (size_t i = 0; !found && i < o->includes.len; i++)
        found = scan_find(o->includes.at[i], name);
    if (found && s->files.len < SCAN_FILES_MAX)
        list_once(&s->files, found);
    else if (ends_in_tmh(name))
        list_once(&s->tmh, name);
    else if (!found && !list_has(&s->mc_headers, name) && (found = scan_mc(o, from, name))) {
        list_add(&s->mc_headers, name);
        list_add(&s->mc, found);
    }
}

static void scan_file(const struct options *o, struct scan *s, const char *path)
{
    struct buf text = { 0 };

    if (!file_read(path, &text))
        return;
    list_once(&s->dirs, path_dir(path));
    for (char *p = text.at; *p; p += strcspn(p, "\n"), p += *p == '\n') {
        char *q = p + strspn(p, " \t");
        if (*q++ != '#')
            continue;
        q += strspn(q, " \t");
        if (strncmp(q, "include", 7))
            continue;
        q += 7 + strspn(q + 7, " \t");
        if (*q != '"' && *q != '<')
            continue;
        size_t len = strcspn(q + 1, *q == '"' ? "\"\n" : ">\n");
        scan_name(o, s, path, say("%.*s", (int)len, q + 1));
    }
    free(text.at);
}

void scan_sources(const struct options *o, struct scan *s)
{
    for (size_t i = 0; i < o->sources.len; i++)
        list_once(&s->files, o->sources.at[i]);
    for (size_t i = 0; i < o->includes.len; i++)
        list_once(&s->dirs, o->includes.at[i]);
    for (size_t i = 0; i < s->files.len; i++)
        scan_file(o, s, s->files.at[i]);
}
