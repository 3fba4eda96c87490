/*
 * A report read back from its JSON, to be written in another format.
 */
#ifndef DMACHECK_REPORTS_LOAD_H
#define DMACHECK_REPORTS_LOAD_H

#include <stddef.h>

#include <jansson.h>

#include "reports/report.h"

/* Any JSON file; NULL with one line in message. */
json_t *report_read_json(const char *path, char *message, size_t message_size);
/* choice_word: names of a run's choice sites. 0, or -1 with one line in message; *r is to be freed
 * only after 0. */
int report_load(struct report *r, const char *path, const char *(*choice_word)(unsigned site),
                char *message, size_t message_size);

#endif
