/*
 * wpp.c: the trace headers. Windows' build runs a preprocessor (WPP) that reads `begin_wpp config`
 * comments and writes a `.tmh` for each source. Here the `.tmh` defines each trace
 * function as a macro that calls ddk_wpp_trace with the level, the flags' text, the format
 * (with %!STATUS! and its like left in) and the arguments, all evaluated once.
 *
 * Gap: CUSTOM_TYPE, DEFMACRO and conditions (WPP_xxx_PRE, _POST, _ENABLED) are read past: every
 * trace call is made whatever the level, which the simulator may then filter.
 */
#include "ddkcc/ddkcc.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

/* `FUNC Name{LEVEL=x}(FLAGS, MSG, ...)` with what USEPREFIX and USESUFFIX add to it. */
struct function {
    char *name;
    struct list params;
    struct list preset_names, preset_values;
    char *prefix, *suffix, *suffix_args;
    bool doubled; /* Name((LEVEL, FLAG, MSG, ...)) */
};

struct config {
    struct function *at;
    size_t len;
};

static char *word(const char **p)
{
    *p += strspn(*p, " \t");
    const char *from = *p;
    while (isalnum((unsigned char)**p) || **p == '_' || **p == '$')
        ++*p;
    return say("%.*s", (int)(*p - from), from);
}

static bool take(const char **p, char c)
{
    *p += strspn(*p, " \t");
    if (**p != c)
        return false;
    ++*p;
    return true;
}

static struct function *find(struct config *c, const char *name)
{
    for (size_t i = 0; i < c->len; i++)
        if (!strcmp(c->at[i].name, name))
            return &c->at[i];
    return NULL;
}

static struct function *add(struct config *c, char *name)
{
    struct function *f = find(c, name);

    if (!f) {
        c->at = need(realloc(c->at, (c->len + 1) * sizeof *c->at));
        f = &c->at[c->len++];
    }
    *f = (struct function) { .name = name };
    return f;
}

static void read_presets(struct function *f, const char **p)
{
    while (**p && **p != '}') {
        char *name = word(p);
        if (!take(p, '='))
            break;
        size_t len = strcspn(*p, ",}");
        list_add(&f->preset_names, name);
        list_add(&f->preset_values, say("%.*s", (int)len, *p));
        *p += len;
        if (!take(p, ','))
            break;
    }
    take(p, '}');
}

static void read_function(struct config *c, const char *p)
{
    char *name = word(&p);

    if (!*name)
        return;
    struct function *f = add(c, name);
    if (take(&p, '{'))
        read_presets(f, &p);
    if (!take(&p, '('))
        return;
    f->doubled = take(&p, '(');
    while (*p && *p != ')') {
        char *param = word(&p);
        if (*param)
            list_add(&f->params, param);
        p += strspn(p, " \t");
        if (!strncmp(p, "...", 3)) {
            list_add(&f->params, say("..."));
            p += 3;
        }
        if (!take(&p, ',') && *p != ')' && *p)
            p++;
    }
}

/* USEPREFIX (Name, "text"); USESUFFIX (Name, "text", ARGUMENT); */
static void read_affix(struct config *c, const char *p, bool prefix)
{
    if (!take(&p, '('))
        return;
    struct function *f = find(c, word(&p));
    if (!f || !take(&p, ','))
        return;
    p += strspn(p, " \t");
    if (*p != '"')
        return;
    const char *end = p + 1;
    while (*end && *end != '"')
        end += *end == '\\' && end[1] ? 2 : 1;
    if (!*end)
        return;
    char *text = say("%.*s", (int)(end - p) + 1, p);
    if (prefix) {
        f->prefix = text;
        return;
    }
    f->suffix = text;
    end++;
    size_t len = strcspn(end, ");");
    f->suffix_args = say("%.*s", (int)len, end);
}

static void read_line(struct config *c, const char *p)
{
    p += strspn(p, " \t/*");
    if (!strncasecmp(p, "FUNC", 4) && !isalnum((unsigned char)p[4]))
        read_function(c, p + 4);
    else if (!strncasecmp(p, "USEPREFIX", 9))
        read_affix(c, p + 9, true);
    else if (!strncasecmp(p, "USESUFFIX", 9))
        read_affix(c, p + 9, false);
}

static void read_file(struct config *c, const char *path)
{
    struct buf text = { 0 };
    bool inside = false;

    if (!file_read(path, &text))
        return;
    for (char *p = text.at; *p;) {
        size_t len = strcspn(p, "\r\n");
        char *line = say("%.*s", (int)len, p);
        if (strstr(line, "begin_wpp") && strstr(line, "config"))
            inside = true;
        else if (strstr(line, "end_wpp"))
            inside = false;
        else if (inside)
            read_line(c, line);
        free(line);
        p += len;
        p += strspn(p, "\r\n");
    }
    free(text.at);
}

/* The FUNC lines that a project gives to WPP itself: `-func:` options, <WppTraceFunction>. */
static void read_project(struct config *c, const char *path)
{
    static const char *const words[] = { "-func:", "<WppTraceFunction>", NULL };
    struct buf text = { 0 };

    if (!file_read(path, &text))
        return;
    for (int i = 0; words[i]; i++)
        for (char *p = text.at; (p = strstr(p, words[i]));) {
            p += strlen(words[i]);
            size_t len = strcspn(p, "\r\n<");
            char *lines = say("%.*s", (int)len, p), *save = NULL;
            for (char *f = strtok_r(lines, ";", &save); f; f = strtok_r(NULL, ";", &save))
                read_function(c, f);
        }
    free(text.at);
}

static int is_project(const struct dirent *e)
{
    size_t len = strlen(e->d_name);

    return (len > 8 && !strcasecmp(e->d_name + len - 8, ".vcxproj")) ||
           !strcasecmp(e->d_name, "sources") || !strcasecmp(e->d_name, "sources.inc");
}

static void read_projects(struct config *c, const char *dir)
{
    struct dirent **e;
    int count = scandir(dir, &e, is_project, alphasort);

    for (int i = 0; i < count; i++)
        read_project(c, say("%s/%s", dir, e[i]->d_name));
}

static const char *preset(const struct function *f, const char *name)
{
    for (size_t i = 0; i < f->preset_names.len; i++)
        if (!strcmp(f->preset_names.at[i], name))
            return f->preset_values.at[i];
    return NULL;
}

/* The level's expression: a preset or the parameter of that name. Null: the function has none. */
static const char *level_of(const struct function *f)
{
    const char *value = preset(f, "LEVEL");

    return value ? value : list_has(&f->params, "LEVEL") ? "LEVEL" : NULL;
}

/* The flags' text: presets as they are, a parameter through `#`. */
static char *flags_of(const struct function *f)
{
    for (size_t i = 0; i < f->preset_names.len; i++)
        if (strcmp(f->preset_names.at[i], "LEVEL"))
            return say("\"%s\"", f->preset_values.at[i]);
    for (size_t i = 0; i < f->params.len; i++) {
        const char *p = f->params.at[i];
        if (strcmp(p, "LEVEL") && strcmp(p, "MSG") && strcmp(p, "..."))
            return say("#%s", p);
    }
    return say("\"\"");
}

static void write_params(struct buf *b, const struct function *f)
{
    for (size_t i = 0; i < f->params.len; i++)
        buf_fmt(b, "%s%s", i ? ", " : "", f->params.at[i]);
}

static void write_function(struct buf *b, const struct function *f)
{
    const char *level = level_of(f);
    const char *msg = list_has(&f->params, "MSG") ? "MSG" : "";

    buf_fmt(b, "#undef %s\n", f->name);
    if (f->doubled)
        buf_fmt(b, "#define %s(WPP_ALL) WPP_DDK_%s WPP_ALL\n#define WPP_DDK_%s(", f->name, f->name,
                f->name);
    else
        buf_fmt(b, "#define %s(", f->name);
    write_params(b, f);
    buf_fmt(b,
            ") ddk_wpp_trace(__FUNCTION__, __FILE__, __LINE__, %d, (long long)(%s), %s, "
            "%s %s %s%s%s%s)\n",
            level != NULL, level ? level : "0", flags_of(f), f->prefix ? f->prefix : "", msg,
            f->suffix ? f->suffix : "", !*msg && !f->prefix && !f->suffix ? "\"\"" : "",
            list_has(&f->params, "...") ? ", ##__VA_ARGS__" : "",
            f->suffix_args ? f->suffix_args : "");
}

static const char head[] =
    "#ifndef DDKCC_TMH\n#define DDKCC_TMH\n#include <evntrace.h>\n"
    "extern int ddk_wpp_trace(const char *, const char *, int, int, long long, const char *,\n"
    "                         const char *, ...);\n"
    "#define WPP_DEFINE_CONTROL_GUID(name, guid, bits) bits\n"
    "#define WPP_DEFINE_BIT(name) WPP_BIT_##name,\n"
    "#ifdef WPP_CONTROL_GUIDS\n"
    "enum { WPP_BIT_ddk_none, WPP_CONTROL_GUIDS WPP_BIT_ddk_last };\n"
    "#endif\n"
    "struct ddk_wpp_control { unsigned char Level; unsigned int Flags[4]; void *Logger; };\n"
    "#undef WPP_CONTROL\n#undef WPP_LEVEL_LOGGER\n#undef WPP_LEVEL_ENABLED\n"
    "#undef WPP_FLAG_LOGGER\n#undef WPP_FLAG_ENABLED\n"
    "#define WPP_CONTROL(bit) ((struct ddk_wpp_control){255, {~0U, ~0U, ~0U, ~0U}, (void *)0})\n"
    "#define WPP_LEVEL_LOGGER(flag) (void *)0,\n"
    "#define WPP_FLAG_LOGGER(flag) (void *)0,\n"
    "#define WPP_LEVEL_ENABLED(flag) 1\n"
    "#define WPP_FLAG_ENABLED(flag) 1\n"
    "#ifndef WPP_LEVEL_FLAGS_LOGGER\n"
    "#define WPP_LEVEL_FLAGS_LOGGER(level, flags) WPP_LEVEL_LOGGER(flags)\n"
    "#endif\n"
    "#ifndef WPP_LEVEL_FLAGS_ENABLED\n"
    "#define WPP_LEVEL_FLAGS_ENABLED(level, flags) 1\n"
    "#endif\n"
    "#undef WPP_INIT_TRACING\n#undef WPP_CLEANUP\n"
    "#define WPP_INIT_TRACING(...) ((void)(__VA_ARGS__))\n"
    "#define WPP_CLEANUP(...) ((void)(__VA_ARGS__))\n"
    "#define WPP_SYSTEMCONTROL(...)\n#define WPP_SYSTEMCONTROL2(...)\n";

/* Where a header that the build makes lies: a folder for each part of `sub\x.tmh` but the last. */
char *generated_path(const struct options *o, const char *name)
{
    char *at = say("%s/tmh", o->tmp), *copy = say("%s", name), *save = NULL;

    for (char *part = strtok_r(copy, "/\\", &save); part; part = strtok_r(NULL, "/\\", &save)) {
        if (mkdir(at, 0777) && errno != EEXIST)
            quit(EXIT_TOOL, "cannot make %s: %s", at, strerror(errno));
        if (strcmp(part, ".."))
            at = say("%s/%s", at, part);
    }
    return at;
}

void wpp_write(const struct options *o, const struct scan *s)
{
    struct config c = { 0 };
    struct buf b = { 0 };

    read_line(&c, "FUNC DoTraceMessage(FLAGS, MSG, ...)");
    read_line(&c, "FUNC TraceEvents(LEVEL, FLAGS, MSG, ...)");
    for (size_t i = 0; i < o->sources.len; i++)
        read_projects(&c, path_dir(o->sources.at[i]));
    for (size_t i = 0; i < s->files.len; i++)
        read_file(&c, s->files.at[i]);
    buf_str(&b, head);
    for (size_t i = 0; i < c.len; i++)
        write_function(&b, &c.at[i]);
    buf_str(&b, "#endif\n");
    for (size_t i = 0; i < s->tmh.len; i++)
        file_write(generated_path(o, s->tmh.at[i]), &b);
}
