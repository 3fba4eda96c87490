/*
 * ddkcc.h: what the files of the driver compiler share.
 *
 * ddkcc turns a Windows driver's unmodified C source into a native ELF shared object. Each source
 * goes through preprocess, token rewriting and compile; ddkcc/build.c holds that order. Every
 * allocation lives until the process ends, because the process lives as long as one driver build.
 */
#ifndef DDKCC_DDKCC_H
#define DDKCC_DDKCC_H

/* POSIX names, for all files alike: each includes this header first. */
#ifndef _XOPEN_SOURCE
#define _XOPEN_SOURCE 700
#endif

#include <stdbool.h>
#include <stddef.h>

/* Exit codes are part of the command line's contract. */
enum { EXIT_OK = 0, EXIT_DRIVER = 1, EXIT_USAGE = 2, EXIT_TOOL = 3 };

/* A growing byte string, always terminated by a zero that `len` does not count. */
struct buf {
    char *at;
    size_t len, cap;
};

/* A growing list of strings. `at` always ends with a null, so it serves as an argv. */
struct list {
    char **at;
    size_t len, cap;
};

struct options {
    const char *out;       /* -o */
    const char *root;      /* --root: file names in debug information are relative to it */
    const char *home;      /* where ddkcc/rt and include/ddk are */
    const char *ddk;       /* --ddk */
    const char *depfile;   /* --depfile */
    const char *undefined; /* --undefined: list this object's undefined symbols and stop */
    const char *known;     /* --known: names that --undefined leaves out */
    const char *tmp;       /* the private folder beside `out` */
    const char *clang;
    bool object, asan, fuzz, keep, verbose;
    struct list sources, objects, includes, defines, exports;
    struct list tentative; /* variables that several sources define without an initialiser */
    struct inlines *inlines;
};

/* Functions that are `__inline` and not static: met with a body; of those, what another source calls. */
struct inlines {
    struct list met, called;
};

/* text.c */
void *need(void *p);
char *say(const char *format, ...) __attribute__((format(printf, 1, 2)));
void buf_add(struct buf *b, const char *at, size_t len);
void buf_str(struct buf *b, const char *text);
void buf_fmt(struct buf *b, const char *format, ...) __attribute__((format(printf, 2, 3)));
void list_add(struct list *l, char *text);
bool list_has(const struct list *l, const char *text);
void list_once(struct list *l, char *text);
_Noreturn void quit(int code, const char *format, ...) __attribute__((format(printf, 2, 3)));
bool file_read(const char *path, struct buf *out);
void file_write(const char *path, const struct buf *b);
char *path_dir(const char *path);
const char *path_base(const char *path);
char *path_real(const char *path);

/* run.c */
void tmp_create(struct options *o);
void tmp_remove(void);
int run(const struct options *o, char **argv);
int run_heard(const struct options *o, char **argv, const char *said);

/* scan.c: the files that a set of sources includes with quotes */
struct scan {
    struct list files;          /* sources first, then headers, as found */
    struct list dirs;           /* folders that names were found in */
    struct list tmh;            /* base names of .tmh files that are included and do not exist */
    struct list mc_headers, mc; /* headers that do not exist, and the .mc that each is made from */
};
void scan_sources(const struct options *o, struct scan *s);
char *scan_find(const char *dir, const char *name);

/* overlay.c */
char *overlay_write(const struct options *o, const struct scan *s);

/* wpp.c */
char *generated_path(const struct options *o, const char *name);
void wpp_write(const struct options *o, const struct scan *s);

/* mc.c */
void mc_write(const struct options *o, const struct scan *s);

/* lex.c: tokens of a preprocessed text. What stands before a token (blanks, newlines, line markers,
 * pragmas) is kept with it byte for byte, so the text put together again has the same lines. */
enum token_kind { T_END, T_NAME, T_NUMBER, T_STRING, T_CHAR, T_PUNCT };

struct token {
    enum token_kind kind;
    const char *lead;
    size_t lead_len;
    const char *at;
    size_t len;
};

struct tokens {
    struct token *at;
    size_t len, cap; /* the last one is T_END */
};

void lex(const struct buf *text, struct tokens *out);
void lex_join(const struct tokens *t, struct buf *out);
bool tok_is(const struct token *t, const char *text);
bool tok_any(const struct token *t, const char *const *names);
void tok_set(struct token *t, const char *text);
void tok_before(struct token *t, const char *text);
size_t tok_close(const struct tokens *t, size_t open);
void tok_where(const struct tokens *t, size_t i, struct buf *out);

/* toplevel.c: the declarations at file level */
struct decl {
    size_t first, end; /* [first, end) with the closing `;` or `}` */
    size_t name;       /* token of the function's or variable's name, or 0 if there is none */
    size_t body;       /* token of the function body's `{`, or 0 */
};
bool decl_next(const struct tokens *t, size_t *at, struct decl *d);

/* rewrite_*.c: each changes tokens in place */
void rewrite_long(struct tokens *t);
void rewrite_casts(struct tokens *t);
void rewrite_decl(const struct options *o, struct tokens *t);
bool rewrite_seh(struct tokens *t); /* whether there was a __try */

/* rewrite_role.c */
void roles_refused(const struct buf *said, struct list *refused);
bool rewrite_roles(struct tokens *t, const struct list *refused);

/* build.c */
char *build_source(const struct options *o, const struct scan *s, const char *source, size_t index,
                   const char *overlay, struct list *deps);
char *build_runtime(const struct options *o);

/* link.c */
bool link_output(struct options *o, const struct list *objects); /* false: build once more */
void depfile_write(const struct options *o, const struct list *deps);
int undefined_list(const struct options *o);

#endif
