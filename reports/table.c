/*
 * Lays out a table of words (table.h).
 */
#include "reports/table.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PAGE_COLUMNS 100

void table_init(struct table *t, const char *corner)
{
    memset(t, 0, sizeof *t);
    t->corner = corner;
    t->cells = calloc(TABLE_ROWS_MAX, sizeof *t->cells);
}

void table_free(struct table *t)
{
    free(t->cells);
    memset(t, 0, sizeof *t);
}

/* The index of a name, which is added when it is new; -1: no room. */
static int index_of(char (*names)[TABLE_TEXT_MAX], unsigned *count, unsigned max, const char *name)
{
    for (unsigned i = 0; i < *count; i++)
        if (!strcmp(names[i], name))
            return (int)i;
    if (*count == max)
        return -1;
    snprintf(names[*count], TABLE_TEXT_MAX, "%s", name);
    return (int)(*count)++;
}

void table_set(struct table *t, const char *row, const char *column, const char *text)
{
    int r = index_of(t->row_names, &t->rows, TABLE_ROWS_MAX, row);
    int c = index_of(t->column_names, &t->columns, TABLE_COLUMNS_MAX, column);

    if (t->cells && r >= 0 && c >= 0)
        snprintf(t->cells[r][c], TABLE_TEXT_MAX, "%s", text);
}

static void put_padded(struct writer *w, const char *text, size_t width)
{
    static const char spaces[TABLE_TEXT_MAX + 2] =
        "                                                 ";
    size_t n = strlen(text);

    writer_raw(w, text, n);
    if (n < width)
        writer_raw(w, spaces, width - n);
}

static size_t column_width(const struct table *t, unsigned c)
{
    size_t width = strlen(t->column_names[c]);

    for (unsigned r = 0; r < t->rows; r++)
        if (strlen(t->cells[r][c]) > width)
            width = strlen(t->cells[r][c]);
    return width;
}

static void put_row(const struct table *t, struct writer *w, int row, const unsigned span[2],
                    size_t first_width, bool color)
{
    put_padded(w, row < 0 ? t->corner : t->row_names[row], first_width);
    for (unsigned c = span[0]; c < span[1]; c++) {
        const char *text = row < 0 ? t->column_names[c] : t->cells[row][c];
        bool paint = color && row >= 0 && *text && strcmp(text, "-");

        writer_raw(w, "  ", 2);
        if (paint)
            writer_raw(w, !strncmp(text, "clean", 5) ? "\033[32m" : "\033[31m", 5);
        put_padded(w, text, c + 1 < span[1] || paint ? column_width(t, c) : 0);
        if (paint)
            writer_raw(w, "\033[0m", 4);
    }
    writer_raw(w, "\n", 1);
}

void table_write(const struct table *t, struct writer *w, bool color)
{
    size_t first_width = strlen(t->corner);

    for (unsigned r = 0; r < t->rows; r++)
        if (strlen(t->row_names[r]) > first_width)
            first_width = strlen(t->row_names[r]);
    for (unsigned span[2] = { 0, 0 }; t->cells && span[0] < t->columns; span[0] = span[1]) {
        size_t width = first_width;

        do
            width += 2 + column_width(t, span[1]++);
        while (span[1] < t->columns && width + 2 + column_width(t, span[1]) <= PAGE_COLUMNS);
        for (int r = -1; r < (int)t->rows; r++)
            put_row(t, w, r, span, first_width, color);
        writer_raw(w, "\n", 1);
    }
}
