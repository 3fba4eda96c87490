/*
 * A table of short texts, rows and columns by name in the order of their first mention. Wide ones
 * are broken into blocks that fit a page.
 */
#ifndef DMACHECK_REPORTS_TABLE_H
#define DMACHECK_REPORTS_TABLE_H

#include <stdbool.h>

#include "reports/writer.h"

#define TABLE_ROWS_MAX 64
#define TABLE_COLUMNS_MAX 64
#define TABLE_TEXT_MAX 48

struct table {
    const char *corner;
    unsigned rows, columns;
    char row_names[TABLE_ROWS_MAX][TABLE_TEXT_MAX];
    char column_names[TABLE_COLUMNS_MAX][TABLE_TEXT_MAX];
    char (*cells)[TABLE_COLUMNS_MAX][TABLE_TEXT_MAX];
};

void table_init(struct table *t, const char *corner);
void table_free(struct table *t);
void table_set(struct table *t, const char *row, const char *column, const char *text);
void table_write(const struct table *t, struct writer *w, bool color);

#endif
