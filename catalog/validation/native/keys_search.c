/* Which rows may clash: the rows whose hash occurs at least twice, found in bounded memory.
 *
 * The hashes are collected in ascending ranges, as many at a time as the buffer holds; all in one range while the
 * store is in memory. A range is sorted, those that occur twice are kept at the front of the buffer, and a pass over
 * all rows in order then sets the bit of each row whose hash is among them. A hash that occurs very often takes no
 * more than two places, and a range that is fuller than was guessed is cut, so the memory is bounded whatever comes.
 */
#include "keys_store.h"

#include <errno.h>
#include <stdlib.h>

#define LEAST_SLOT_BITS 10

typedef struct {
    KeyStore *store;
    uint64_t *buffer; /* [0, repeated) the hashes that occur twice, ascending; [repeated, filled) those of the range */
    size_t capacity, repeated, filled;
    uint64_t *room; /* for pieces of the file */
    uint64_t low, high; /* the range, both included */
    Candidates found;
} Search;

static bool out_of_memory(Search *search)
{
    search->store->failure = ENOMEM;
    return false;
}

/* Make room in the buffer: drop third and further copies; if that is not much, drop the upper half of the range, which
 * the next range will begin with. */
static void make_room(Search *search)
{
    uint64_t *range = search->buffer + search->repeated;
    size_t n = search->filled - search->repeated;
    sort_hashes(range, n);
    n = keep_two_of_each(range, n);
    if (n > (search->capacity - search->repeated) / 4 * 3) {
        search->high = range[n / 2];
        while (n > 0 && range[n - 1] > search->high) {
            n--;
        }
    }
    search->filled = search->repeated + n;
}

static bool collect(Search *search)
{
    search->filled = search->repeated;
    uint64_t rows = store_rows(search->store);
    size_t n;
    for (uint64_t row = 0; row < rows; row += n) {
        const uint64_t *piece = store_piece(search->store, row, search->room, &n);
        if (piece == NULL) {
            return false;
        }
        for (size_t i = 0; i < n;) {
            if (search->filled == search->capacity) {
                make_room(search);
            }
            size_t space = search->capacity - search->filled, stop = n - i < space ? n : i + space, filled = search->filled;
            uint64_t low = search->low, span = search->high - low;
            for (; i < stop; i++) { /* written always, kept if within: no branch to mispredict */
                search->buffer[filled] = piece[i];
                filled += piece[i] - low <= span;
            }
            search->filled = filled;
        }
    }
    return true;
}

/* For each value of the leading bits, where in the sorted hashes it begins; one more slot for the end. */
static size_t *slots_of(const uint64_t *hashes, size_t n, int *shift)
{
    int bits = LEAST_SLOT_BITS;
    while (bits < 40 && (size_t)8 << bits < n) {
        bits++;
    }
    *shift = 64 - bits;
    size_t count = (size_t)1 << bits, *slots = malloc((count + 1) * sizeof *slots);
    for (size_t slot = 0, at = 0; slots != NULL && slot <= count; slot++) {
        while (at < n && hashes[at] >> *shift < slot) {
            at++;
        }
        slots[slot] = at;
    }
    return slots;
}

static inline bool is_among(const uint64_t *hashes, size_t from, size_t to, uint64_t hash)
{
    while (from < to) {
        size_t middle = from + (to - from) / 2;
        if (hashes[middle] == hash) {
            return true;
        }
        if (hashes[middle] < hash) {
            from = middle + 1;
        } else {
            to = middle;
        }
    }
    return false;
}

static bool mark_rows(Search *search, const size_t *slots, int shift)
{
    Candidates *found = &search->found;
    size_t n;
    for (uint64_t row = 0; row < found->rows; row += n) {
        const uint64_t *piece = store_piece(search->store, row, search->room, &n);
        if (piece == NULL) {
            return false;
        }
        for (size_t i = 0; i < n; i++) {
            const size_t *slot = slots + (piece[i] >> shift);
            if (is_among(search->buffer, slot[0], slot[1], piece[i])) {
                found->bits[(row + i) / 8] |= (byte)(1 << (row + i) % 8);
                found->count++;
            }
        }
    }
    return true;
}

static bool mark(Search *search)
{
    Candidates *found = &search->found;
    if (found->bits == NULL && (found->bits = calloc((size_t)(found->rows / 8 + 1), 1)) == NULL) {
        return out_of_memory(search);
    }
    int shift;
    size_t *slots = slots_of(search->buffer, search->repeated, &shift);
    if (slots == NULL) {
        return out_of_memory(search);
    }
    bool marked = mark_rows(search, slots, shift);
    free(slots);
    search->repeated = 0;
    return marked;
}

/* The highest hash of a range that begins at low and, if hashes are spread evenly, fills seven eighths of the buffer. */
static uint64_t highest_of_range(const Search *search)
{
    uint64_t rows = search->found.rows, space = search->capacity - search->repeated;
    if (rows <= space) {
        return UINT64_MAX;
    }
    uint64_t span = UINT64_MAX / rows * (space - space / 8);
    return span > UINT64_MAX - search->low ? UINT64_MAX : search->low + span;
}

static bool search_all(Search *search)
{
    for (search->low = HASH_OF_NOTHING + 1;; search->low = search->high + 1) {
        search->high = highest_of_range(search);
        if (!collect(search)) {
            return false;
        }
        uint64_t *range = search->buffer + search->repeated;
        sort_hashes(range, search->filled - search->repeated);
        search->repeated += keep_the_repeated(range, search->filled - search->repeated);
        if (search->high == UINT64_MAX) {
            break;
        }
        if (search->repeated > search->capacity / 4 && !mark(search)) {
            return false;
        }
    }
    if (search->repeated == 0) {
        return true;
    }
    uint64_t *smaller = realloc(search->buffer, search->repeated * sizeof *smaller); /* leaves room for the bits */
    search->buffer = smaller ? smaller : search->buffer;
    return mark(search);
}

/* In memory the copy is as large as what is stored, each at most half of the memory. Else buffer and bits share three
 * quarters of it; window and room have at most an eighth each, and much less in practice. */
static bool allocate(Search *search)
{
    const KeyStore *store = search->store;
    uint64_t rows = search->found.rows;
    search->capacity = (size_t)rows;
    if (store->file >= 0) {
        size_t share = store->memory / 32 * 3, for_bits = (size_t)(rows / 64), least = store->memory / 64;
        search->capacity = share > for_bits && share - for_bits > least ? share - for_bits : least;
        search->room = malloc(store->chunk_rows * sizeof *search->room);
    }
    search->buffer = malloc(search->capacity * sizeof *search->buffer);
    return (search->buffer != NULL && (store->file < 0 || search->room != NULL)) || out_of_memory(search);
}

bool find_candidates(KeyStore *store, Candidates *found)
{
    Search search = {.store = store, .found = {.rows = store_rows(store)}};
    bool done = search.found.rows == 0 || (allocate(&search) && search_all(&search));
    free(search.buffer);
    free(search.room);
    if (!done) {
        free(search.found.bits);
        search.found.bits = NULL;
    }
    *found = search.found;
    return done;
}
