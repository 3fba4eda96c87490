/*
 * An event as a line of a trace: JSON, put together out of pieces that are made once.
 */
#ifndef DMACHECK_TRACE_FORM_H
#define DMACHECK_TRACE_FORM_H

#include "trace/event.h"

#define FORM_EVENT_MAX 512 /* bytes that form_event may write */

struct form_kept { /* text of the last event that the next one may have again */
    uint64_t value;
    uint8_t bytes; /* 0: nothing yet */
    char text[39];
};

struct form { /* zero before its first event */
    struct form_kept seq, ns, stamp;
};

void form_prepare(void); /* before the first form_event */
/* Writes all of the event but its closing brace; returns where it ends. Bytes behind are written, too. */
char *form_event(struct form *f, char *to, const struct event *e);

/* Pieces of further lines. */
char *form_decimal(char *to, uint64_t v);
char *form_number(char *to, uint64_t v); /* up to 2^53; larger ones as a string of hex */

#endif
