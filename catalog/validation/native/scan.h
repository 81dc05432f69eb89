/* What the parts of the scanner share: the verdict on a cell, and the small types they pass around.
 *
 * The scanner only ever says "certainly clean". Whatever it is not sure of is UNDECIDED and is read
 * again by frictionless itself, so a predicate may be too strict without harm, but never too lax.
 */
#ifndef HAIDANG_SCAN_H
#define HAIDANG_SCAN_H

#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

typedef unsigned char byte;

/* So many bytes behind every cell may be read, whatever they are: texts are looked at eight bytes at a time. */
#define BEHIND 16

/* What a predicate may say of a cell. */
typedef enum {
    UNDECIDED = 0, /* frictionless has to say */
    CLEAN = 1,     /* reads as a value, breaks no constraint */
    MISSING = 2,   /* reads as None, breaks no constraint */
} Verdict;

#endif
