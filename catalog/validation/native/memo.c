/* Memo: an open-addressed table of texts, all of them in one growing piece of memory. */
#include "memo.h"
#include "keys.h"
#include <stdlib.h>

#define MOST (2u << 20)      /* bytes of texts that one memo may hold */
#define LONGEST 1024u        /* longer texts are not worth keeping */
#define HEAD (sizeof(uint64_t) + sizeof(uint32_t))

typedef struct {
    uint64_t hash;
    uint32_t length;
    const byte *text;
} Entry;

static Entry entry_at(const Memo *memo, uint32_t place)
{
    Entry entry;
    const byte *at = memo->entries + place;
    memcpy(&entry.hash, at, sizeof entry.hash);
    memcpy(&entry.length, at + sizeof entry.hash, sizeof entry.length);
    entry.text = at + HEAD;
    return entry;
}

/* The slot where the text is, or the free one where it would go. There is always a free one. */
static size_t slot_of(const Memo *memo, const byte *text, size_t n, uint64_t hash)
{
    size_t mask = memo->slot_count - 1, slot = (size_t)hash & mask;
    for (; memo->slots[slot]; slot = (slot + 1) & mask) {
        Entry entry = entry_at(memo, memo->slots[slot] - 1);
        if (entry.hash == hash && entry.length == n && memcmp(entry.text, text, n) == 0) {
            break;
        }
    }
    return slot;
}

bool memo_has(const Memo *memo, const byte *text, size_t n)
{
    if (!memo->count || n > LONGEST) {
        return false;
    }
    return memo->slots[slot_of(memo, text, n, hash_bytes(text, n, 0))] != 0;
}

/* Twice the slots, all entries placed anew. */
static bool grow_slots(Memo *memo)
{
    size_t slot_count = memo->slot_count ? memo->slot_count * 2 : 64;
    uint32_t *slots = calloc(slot_count, sizeof *slots);
    if (!slots) {
        return false;
    }
    size_t mask = slot_count - 1;
    for (size_t place = 0; place < memo->used;) {
        Entry entry = entry_at(memo, (uint32_t)place);
        size_t slot = (size_t)entry.hash & mask;
        while (slots[slot]) {
            slot = (slot + 1) & mask;
        }
        slots[slot] = (uint32_t)place + 1;
        place += HEAD + entry.length;
    }
    free(memo->slots);
    memo->slots = slots;
    memo->slot_count = slot_count;
    return true;
}

static bool grow_entries(Memo *memo, size_t needed)
{
    size_t capacity = memo->capacity ? memo->capacity : 1024;
    while (capacity < needed) {
        capacity *= 2;
    }
    if (capacity == memo->capacity) {
        return true;
    }
    byte *entries = realloc(memo->entries, capacity);
    if (!entries) {
        return false;
    }
    memo->entries = entries;
    memo->capacity = capacity;
    return true;
}

bool memo_add(Memo *memo, const byte *text, size_t n)
{
    if (n > LONGEST || memo->used + HEAD + n > MOST) {
        return true;
    }
    if (memo->count * 2 >= memo->slot_count && !grow_slots(memo)) {
        return false;
    }
    uint64_t hash = hash_bytes(text, n, 0);
    size_t slot = slot_of(memo, text, n, hash);
    if (memo->slots[slot]) {
        return true;
    }
    if (!grow_entries(memo, memo->used + HEAD + n)) {
        return false;
    }
    uint32_t length = (uint32_t)n;
    byte *at = memo->entries + memo->used;
    memcpy(at, &hash, sizeof hash);
    memcpy(at + sizeof hash, &length, sizeof length);
    memcpy(at + HEAD, text, n);
    memo->slots[slot] = (uint32_t)memo->used + 1;
    memo->used += HEAD + n;
    memo->count++;
    return true;
}

size_t memo_size(const Memo *memo)
{
    return memo->capacity + memo->slot_count * sizeof *memo->slots;
}

void memo_clear(Memo *memo)
{
    free(memo->slots);
    free(memo->entries);
    memset(memo, 0, sizeof *memo);
}
