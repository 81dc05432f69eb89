/* UTF-8: whether what arrives block by block is what Python's strict decoder takes. */
#ifndef HAIDANG_UTF8_H
#define HAIDANG_UTF8_H

#include "scan.h"

/* A sequence that the last block left unfinished; all zero at the start. */
typedef struct {
    byte held[4];
    unsigned count;
} Utf8;

/* Whether the block goes on validly; `final` also refuses an unfinished sequence. After false the state is of no use. */
bool utf8_valid(Utf8 *state, const byte *text, size_t n, bool final);

/* How far from its start on the text, which begins with a whole sequence, is surely valid: up to the start of a sequence,
 * a multiple of many bytes at a time. 0 where it may not be, or where this processor has no wide way. */
size_t utf8_wide(const byte *text, size_t n);

#endif
