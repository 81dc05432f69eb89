/* Doubts: collected without Python while the scanner runs, handed over as a list afterwards. */
#include "doubts.h"
#include <stdlib.h>

/* Room for `needed` elements; false when there is no memory. */
static bool make_room(void **elements, size_t *room, size_t needed, size_t size)
{
    if (needed <= *room) {
        return true;
    }
    size_t more = *room ? *room * 2 : 64;
    while (more < needed) {
        more *= 2;
    }
    void *grown = realloc(*elements, more * size);
    if (!grown) {
        return false;
    }
    *elements = grown;
    *room = more;
    return true;
}

bool doubts_add_row(Doubts *doubts, Doubt doubt)
{
    if (!make_room((void **)&doubts->rows, &doubts->row_room, doubts->row_count + 1, sizeof *doubts->rows)) {
        return false;
    }
    doubts->rows[doubts->row_count++] = doubt;
    return true;
}

bool doubts_add_cell(Doubts *doubts, size_t column, bool is_group, const byte *text, size_t length)
{
    if (!make_room((void **)&doubts->cells, &doubts->cell_room, doubts->cell_count + 1, sizeof *doubts->cells) ||
        !make_room((void **)&doubts->bytes, &doubts->byte_room, doubts->byte_count + length + 1, 1)) {
        return false;
    }
    Doubtful cell = {column, doubts->byte_count, length, is_group};
    doubts->cells[doubts->cell_count++] = cell;
    memcpy(doubts->bytes + doubts->byte_count, text, length);
    doubts->byte_count += length;
    return true;
}

void doubts_drop_cells(Doubts *doubts, size_t cell_count)
{
    if (doubts->cell_count > cell_count) {
        doubts->byte_count = doubts->cells[cell_count].start;
        doubts->cell_count = cell_count;
    }
}

void doubts_reset(Doubts *doubts)
{
    doubts->row_count = doubts->cell_count = doubts->byte_count = 0;
}

void doubts_free(Doubts *doubts)
{
    free(doubts->rows);
    free(doubts->cells);
    free(doubts->bytes);
    memset(doubts, 0, sizeof *doubts);
}

static PyObject *cells_of(const Doubts *doubts, const Doubt *doubt)
{
    if (!doubt->count) {
        Py_RETURN_NONE;
    }
    PyObject *cells = PyList_New((Py_ssize_t)doubt->count);
    for (size_t i = 0; cells && i < doubt->count; i++) {
        const Doubtful *cell = &doubts->cells[doubt->first + i];
        PyObject *entry = Py_BuildValue("(ny#O)", (Py_ssize_t)cell->column, doubts->bytes + cell->start, (Py_ssize_t)cell->length,
                                        cell->is_group ? Py_True : Py_False);
        if (!entry || PyList_SetItem(cells, (Py_ssize_t)i, entry) < 0) {
            Py_CLEAR(cells);
        }
    }
    return cells;
}

PyObject *doubts_to_list(const Doubts *doubts, const byte *text)
{
    PyObject *list = PyList_New((Py_ssize_t)doubts->row_count);
    for (size_t i = 0; list && i < doubts->row_count; i++) {
        const Doubt *doubt = &doubts->rows[i];
        PyObject *cells = cells_of(doubts, doubt);
        PyObject *entry = cells ? Py_BuildValue("(KKKy#N)", (unsigned long long)doubt->record, (unsigned long long)doubt->row,
                                                (unsigned long long)doubt->lines, text + doubt->start,
                                                (Py_ssize_t)(doubt->end - doubt->start), cells)
                                : NULL;
        if (!entry || PyList_SetItem(list, (Py_ssize_t)i, entry) < 0) {
            Py_CLEAR(list);
        }
    }
    return list;
}
