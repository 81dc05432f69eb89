/* Doubts: the rows that frictionless has to see, with the cells in question. */
#ifndef HAIDANG_DOUBTS_H
#define HAIDANG_DOUBTS_H

#include "scan.h"

typedef struct {
    size_t column; /* or the number of the group */
    size_t start, length; /* in the bytes of the doubts */
    bool is_group;
} Doubtful;

typedef struct {
    uint64_t record, row, lines; /* the record's number, the row's number among rows, lines up to its end */
    size_t start, end;           /* of the record in the text */
    size_t first, count;         /* its doubtful cells; none: the row as a whole */
} Doubt;

typedef struct {
    Doubt *rows;
    size_t row_count, row_room;
    Doubtful *cells;
    size_t cell_count, cell_room;
    byte *bytes;
    size_t byte_count, byte_room;
} Doubts;

bool doubts_add_row(Doubts *doubts, Doubt doubt);
bool doubts_add_cell(Doubts *doubts, size_t column, bool is_group, const byte *text, size_t length);
/* Forget all cells from `cell_count` on: the row is reported as a whole. */
void doubts_drop_cells(Doubts *doubts, size_t cell_count);
void doubts_reset(Doubts *doubts);
void doubts_free(Doubts *doubts);

/* A list of (record, row, lines, raw, cells): raw as it stands in `text`; cells None, or a list of (column, text, is_group). */
PyObject *doubts_to_list(const Doubts *doubts, const byte *text);

#endif
