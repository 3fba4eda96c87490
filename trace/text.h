/*
 * An event as one line of text, for people: `dmacheck verify -v` and whoever looks at the ring.
 */
#ifndef DMACHECK_TRACE_TEXT_H
#define DMACHECK_TRACE_TEXT_H

#include <stddef.h>

#include "trace/event.h"
#include "trace/site.h"

#define TRACE_TEXT_MAX 512

/* Writes at most size bytes with the final 0; agent is the acting agent's name. Returns the length. */
size_t trace_text(char *out, size_t size, const struct event *e, struct site_depot *depot,
                  const char *agent);

#endif
