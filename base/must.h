/*
 * must: the one assertion of the house. It is always on, and it speaks of our own mistakes only:
 * a driver's misuse is data and never meets it (docs/design.md, "Whose fault").
 */
#ifndef DMACHECK_BASE_MUST_H
#define DMACHECK_BASE_MUST_H

/* Called once before the process dies, so that traces being written are kept. May be NULL. */
extern void (*must_last_words)(void);

_Noreturn void must_fail(const char *condition, const char *file, int line);

#define must(condition)                                                                            \
    (__builtin_expect(!(condition), 0) ? must_fail(#condition, __FILE__, __LINE__) : (void)0)

#endif
