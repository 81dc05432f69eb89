/* Automaton: a `pattern` as a deterministic automaton over characters; a look-up or two for each, no backtracking. */
#ifndef HAIDANG_AUTOMATON_H
#define HAIDANG_AUTOMATON_H

#include "scan.h"

typedef struct Automaton Automaton;

/* The automaton behind the Python object `Automaton`; NULL with TypeError set for another object. Borrowed. */
Automaton *automaton_of(PyObject *object);

/* Whether re.compile("^{pattern}$").match(text) would find something; exact, both ways. */
bool automaton_matches(const Automaton *automaton, const byte *text, size_t n);

/* The Python type `Automaton(tables)` with `.match(text: str) -> bool`; tables are made by patterns.py. Returns -1 with an exception set. */
int automaton_add_type(PyObject *module);

#endif
