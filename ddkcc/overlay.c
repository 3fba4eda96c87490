/*
 * overlay.c: Windows finds a header whatever the case of its name. A file system overlay lists each
 * folder that headers come from, with `case-sensitive: false`; clang asks the overlay first and the
 * disk next. The `-I` options stay: the overlay answers for names in those folders and adds none of
 * its own. `use-external-names` makes diagnostics and debug information show the name on disk.
 */
#include "ddkcc/ddkcc.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

enum { DEPTH_MAX = 6, ENTRIES_MAX = 20000 };

struct overlay {
    struct buf text;
    struct list done; /* folders written already, so that no root comes twice */
    size_t entries;
};

static void quote(struct buf *b, const char *text)
{
    buf_str(b, "\"");
    for (; *text; text++) {
        if (*text == '"' || *text == '\\')
            buf_str(b, "\\");
        buf_add(b, text, 1);
    }
    buf_str(b, "\"");
}

static int visible(const struct dirent *e) { return e->d_name[0] != '.'; }

/* Two names that differ in case alone would fight over one entry; the first in order stays. */
static bool repeats(struct dirent **e, int i)
{
    for (int n = 0; n < i; n++)
        if (!strcasecmp(e[n]->d_name, e[i]->d_name))
            return true;
    return false;
}

static void add_folder(struct overlay *v, const char *dir, int depth);

static void add_entry(struct overlay *v, const char *path, int depth)
{
    struct stat st;

    if (stat(path, &st) || v->entries++ > ENTRIES_MAX)
        return;
    if (S_ISREG(st.st_mode)) {
        buf_str(&v->text, "{\"type\":\"file\",\"name\":");
        quote(&v->text, path_base(path));
        buf_str(&v->text, ",\"external-contents\":");
        quote(&v->text, path);
        buf_str(&v->text, "},\n");
    } else if (S_ISDIR(st.st_mode) && depth < DEPTH_MAX) {
        list_once(&v->done, say("%s", path));
        buf_str(&v->text, "{\"type\":\"directory\",\"name\":");
        quote(&v->text, path_base(path));
        buf_str(&v->text, ",\"contents\":[\n");
        add_folder(v, path, depth + 1);
        buf_str(&v->text, "]},\n");
    }
}

static void add_folder(struct overlay *v, const char *dir, int depth)
{
    struct dirent **e;
    int count = scandir(dir, &e, visible, alphasort);

    for (int i = 0; i < count; i++)
        if (!repeats(e, i))
            add_entry(v, say("%s/%s", dir, e[i]->d_name), depth);
}

static void add_root(struct overlay *v, const char *dir)
{
    char *real = path_real(dir);

    if (!real || !strcmp(real, "/") || list_has(&v->done, real))
        return;
    list_add(&v->done, real);
    buf_str(&v->text, "{\"type\":\"directory\",\"name\":");
    quote(&v->text, real);
    buf_str(&v->text, ",\"contents\":[\n");
    add_folder(v, real, 0);
    buf_str(&v->text, "]},\n");
}

char *overlay_write(const struct options *o, const struct scan *s)
{
    struct overlay v = { 0 };
    char *path = say("%s/overlay.yaml", o->tmp);

    buf_str(&v.text, "{\"version\":0,\"case-sensitive\":\"false\",\"use-external-names\":true,"
                     "\"roots\":[\n");
    add_root(&v, o->ddk);
    for (size_t i = 0; i < s->dirs.len; i++)
        add_root(&v, s->dirs.at[i]);
    buf_str(&v.text, "]}\n");
    file_write(path, &v.text);
    return path;
}
