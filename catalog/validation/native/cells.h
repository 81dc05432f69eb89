/* Cells: is this text certainly a value of its column's type, within all constraints of its field? */
#ifndef HAIDANG_CELLS_H
#define HAIDANG_CELLS_H

#include "scan.h"

typedef struct Column Column;

/* The column behind the Python object `Column`; NULL with TypeError set for another object. Borrowed. */
Column *column_of(PyObject *object);

/* The verdict on a cell of n bytes of valid UTF-8 with BEHIND bytes behind it. Pure: no Python, no allocation. */
Verdict column_check(const Column *column, const byte *text, size_t n);

/* The verdict on a cell of a worksheet or document: str, None, int, float, bool … Never sets an exception. */
Verdict column_check_object(const Column *column, PyObject *cell);

/* A hash of the value of a cell that column_check calls CLEAN: equal values (as Python compares what frictionless reads)
 * have equal hashes, whatever their spelling. False where this type has no native one; then Python gives it. */
bool column_hash(const Column *column, const byte *text, size_t n, uint64_t *hash);

/* The Python type `Column(plan: dict)` with `.check(cell) -> int` and `.hash(text) -> int | None`; plans are made by plan.py.
 * Returns -1 with an exception set. */
int column_add_type(PyObject *module);

#endif
