/*
 * Parts of SARIF that stand by themselves: addresses of files, what a rule's page says in short.
 */
#ifndef DMACHECK_REPORTS_SARIF_H
#define DMACHECK_REPORTS_SARIF_H

#include <stdbool.h>
#include <stddef.h>

/* GitHub refuses a file with more runs, and shows no more results of a run
 * (docs.github.com, "SARIF support for code scanning"). */
#define SARIF_RUNS_MAX 20
#define SARIF_RESULTS_MAX 5000

/* A file's name as URI reference (RFC 3986); true: it is relative, and wants a base. */
bool sarif_uri(const char *file, char *uri, size_t size);
/* A page's first sentence, and its first paragraphs as one text. No page: the name stands for both. */
void sarif_page_parts(const char *page, const char *name, char *summary, size_t summary_size,
                      char *full, size_t full_size);

#endif
