/* Making and unmaking a scanner. */
#ifndef HAIDANG_SCANNER_SETUP_H
#define HAIDANG_SCANNER_SETUP_H

#include "scanner.h"

/* Scanner(columns: Sequence[Column] | None, options: dict). Options, all of them optional:
 * delimiter, quote, escape, comment: bytes; double_quote, skip_space, skip_blank: bool;
 * first, sampled: int; comment_rows: list of int, ascending; groups: list of lists of columns;
 * keys: list of (KeyStore, columns, primary); pick: iterator of row numbers, ascending. */
PyObject *scanner_new(PyTypeObject *type, PyObject *args, PyObject *kwargs);
void scanner_dealloc(PyObject *self);

#endif
