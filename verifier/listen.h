/*
 * What a rule or a tracker asks to hear: kinds of events, and calls, arguments, returns and callbacks
 * of single functions, so that an ordinary call costs a rule about another function nothing.
 */
#ifndef DMACHECK_VERIFIER_LISTEN_H
#define DMACHECK_VERIFIER_LISTEN_H

#include <stdbool.h>
#include <stdint.h>

#include "trace/event.h"

#define LISTEN_MAX 16

/* Members of struct rule and struct tracker. Each list ends with 0; none: all zero. */
#define LISTENS                                                                                    \
    uint16_t on[LISTEN_MAX];            /* EV(...): events of these kinds */                       \
    uint16_t calls[LISTEN_MAX];         /* APIS(...): CALL of these functions */                   \
    uint16_t args[LISTEN_MAX];          /* ARG */                                                  \
    uint16_t returns[LISTEN_MAX];       /* RETURN */                                               \
    uint16_t callbacks[LISTEN_MAX];     /* CALLBACK: APIS of trace/api_callback.def */             \
    uint16_t callback_ends[LISTEN_MAX]; /* CALLBACK_END */                                         \
    bool framework /* CALLBACK (who names any), CALLBACK_END (the same) of KMDF's: all Evt... */

/* X(a), X(b), ... for up to 16 words. */
#define LISTEN_1(X, a) X(a)
#define LISTEN_2(X, a, ...) X(a), LISTEN_1(X, __VA_ARGS__)
#define LISTEN_3(X, a, ...) X(a), LISTEN_2(X, __VA_ARGS__)
#define LISTEN_4(X, a, ...) X(a), LISTEN_3(X, __VA_ARGS__)
#define LISTEN_5(X, a, ...) X(a), LISTEN_4(X, __VA_ARGS__)
#define LISTEN_6(X, a, ...) X(a), LISTEN_5(X, __VA_ARGS__)
#define LISTEN_7(X, a, ...) X(a), LISTEN_6(X, __VA_ARGS__)
#define LISTEN_8(X, a, ...) X(a), LISTEN_7(X, __VA_ARGS__)
#define LISTEN_9(X, a, ...) X(a), LISTEN_8(X, __VA_ARGS__)
#define LISTEN_10(X, a, ...) X(a), LISTEN_9(X, __VA_ARGS__)
#define LISTEN_11(X, a, ...) X(a), LISTEN_10(X, __VA_ARGS__)
#define LISTEN_12(X, a, ...) X(a), LISTEN_11(X, __VA_ARGS__)
#define LISTEN_13(X, a, ...) X(a), LISTEN_12(X, __VA_ARGS__)
#define LISTEN_14(X, a, ...) X(a), LISTEN_13(X, __VA_ARGS__)
#define LISTEN_15(X, a, ...) X(a), LISTEN_14(X, __VA_ARGS__)
#define LISTEN_16(X, a, ...) X(a), LISTEN_15(X, __VA_ARGS__)
#define LISTEN_PICK(a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, name, ...) name
#define LISTEN_EACH(X, ...)                                                                        \
    LISTEN_PICK(__VA_ARGS__, LISTEN_16, LISTEN_15, LISTEN_14, LISTEN_13, LISTEN_12, LISTEN_11,     \
                LISTEN_10, LISTEN_9, LISTEN_8, LISTEN_7, LISTEN_6, LISTEN_5, LISTEN_4, LISTEN_3,   \
                LISTEN_2, LISTEN_1, )                                                              \
    (X, __VA_ARGS__)

/* Kinds are stored one higher, so that the zeros behind them end the list; API_NONE is 0 already. */
#define LISTEN_KIND(kind) EV_##kind + 1
#define LISTEN_API(api) API_##api
#define EV(...)                                                                                    \
    {                                                                                              \
        LISTEN_EACH(LISTEN_KIND, __VA_ARGS__)                                                      \
    }
#define APIS(...)                                                                                  \
    {                                                                                              \
        LISTEN_EACH(LISTEN_API, __VA_ARGS__)                                                       \
    }
#define CALLS(...) APIS(__VA_ARGS__)

#endif
