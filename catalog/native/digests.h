/* MD5 (RFC 1321) and SHA-256 (FIPS 180-4) of the same bytes. */
#ifndef HAIDANG_DIGESTS_H
#define HAIDANG_DIGESTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define BLOCK 64 /* bytes; both take so many at a time */

typedef unsigned char byte;

typedef struct {
    uint32_t md5[4];
    uint32_t sha256[8];
} State;

/* Whether this processor has what `take_blocks` needs. */
bool can_take_blocks(void);

/* Takes `count` blocks in, those of the one digest from `for_md5` on, those of the other from `for_sha256` on. */
void take_blocks(State *state, const byte *for_md5, const byte *for_sha256, size_t count);

#endif
