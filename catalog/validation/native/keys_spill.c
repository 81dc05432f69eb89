/* The hashes of all rows in order: chunks in memory, and before them a file without a name once memory is full. */
#define _POSIX_C_SOURCE 200809L
#define _FILE_OFFSET_BITS 64
#include "keys_store.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/types.h>
#include <unistd.h>

#define MOST_CHUNK_ROWS ((size_t)65536)
#define MOST_AT_ONCE ((size_t)1 << 26) /* some systems refuse transfers of 2 GiB and more */

void store_open(KeyStore *store, size_t memory, char *folder)
{
    memset(store, 0, sizeof *store);
    store->memory = memory < LEAST_MEMORY ? LEAST_MEMORY : memory;
    store->chunk_rows = store->memory / 64 < MOST_CHUNK_ROWS ? store->memory / 64 : MOST_CHUNK_ROWS;
    store->folder = folder;
    store->file = -1;
}

static void drop_chunks(KeyStore *store, size_t keep)
{
    for (size_t chunk = keep; chunk < store->slots; chunk++) {
        free(store->chunks[chunk]);
        store->chunks[chunk] = NULL;
    }
}

void store_close(KeyStore *store)
{
    if (store->file >= 0) {
        close(store->file);
    }
    drop_chunks(store, 0);
    free(store->chunks);
    free(store->folder);
    store->chunks = NULL;
    store->folder = NULL;
    store->file = -1;
}

uint64_t store_rows(const KeyStore *store)
{
    return store->flushed + (uint64_t)store->full * store->chunk_rows + store->filled;
}

bool store_is_full(const KeyStore *store)
{
    return store->filled == store->room;
}

static bool fail(KeyStore *store, int error)
{
    store->failure = error ? error : EIO;
    return false;
}

static bool write_at(KeyStore *store, const void *data, size_t n, uint64_t offset)
{
    for (const byte *from = data; n > 0;) {
        ssize_t written = pwrite(store->file, from, n < MOST_AT_ONCE ? n : MOST_AT_ONCE, (off_t)offset);
        if (written == 0) {
            return fail(store, ENOSPC);
        }
        if (written < 0 && errno != EINTR) {
            return fail(store, errno);
        }
        if (written > 0) {
            from += written, n -= (size_t)written, offset += (uint64_t)written;
        }
    }
    return true;
}

static bool read_at(KeyStore *store, void *data, size_t n, uint64_t offset)
{
    for (byte *into = data; n > 0;) {
        ssize_t got = pread(store->file, into, n < MOST_AT_ONCE ? n : MOST_AT_ONCE, (off_t)offset);
        if (got == 0) {
            return fail(store, EIO);
        }
        if (got < 0 && errno != EINTR) {
            return fail(store, errno);
        }
        if (got > 0) {
            into += got, n -= (size_t)got, offset += (uint64_t)got;
        }
    }
    return true;
}

/* The file loses its name at once, so nothing of it stays behind however the process ends. */
static bool open_file(KeyStore *store)
{
    static const char name[] = "/haidang-keys-XXXXXX";
    size_t length = strlen(store->folder);
    char *path = malloc(length + sizeof name);
    if (path == NULL) {
        return fail(store, ENOMEM);
    }
    memcpy(path, store->folder, length);
    memcpy(path + length, name, sizeof name);
    store->file = mkstemp(path);
    int error = errno;
    if (store->file >= 0) {
        unlink(path);
        fcntl(store->file, F_SETFD, FD_CLOEXEC);
    }
    free(path);
    return store->file >= 0 || fail(store, error);
}

static bool flush(KeyStore *store)
{
    if (store->file < 0 && !open_file(store)) {
        return false;
    }
    for (size_t chunk = 0; chunk <= store->full; chunk++) {
        uint64_t row = store->flushed + (uint64_t)chunk * store->chunk_rows;
        if (!write_at(store, store->chunks[chunk], store->chunk_rows * sizeof *store->window, row * sizeof *store->window)) {
            return false;
        }
    }
    store->flushed += (uint64_t)(store->full + 1) * store->chunk_rows;
    drop_chunks(store, 1);
    store->window = store->chunks[0];
    store->full = store->filled = 0;
    return true;
}

static bool more_slots(KeyStore *store)
{
    size_t wanted = store->slots ? store->slots * 2 : 4;
    uint64_t **chunks = realloc(store->chunks, wanted * sizeof *chunks);
    if (chunks == NULL) {
        return fail(store, ENOMEM);
    }
    memset(chunks + store->slots, 0, (wanted - store->slots) * sizeof *chunks);
    store->chunks = chunks;
    store->slots = wanted;
    return true;
}

/* A new window. Half of the memory may be filled with chunks, as the search needs as much again for a sorted copy. */
static bool make_room(KeyStore *store)
{
    if (store->failure) {
        return false;
    }
    size_t next = store->room ? store->full + 1 : 0;
    if (store->file >= 0 || (next + 1) * store->chunk_rows > store->memory / 16) {
        return flush(store);
    }
    if (next >= store->slots && !more_slots(store)) {
        return false;
    }
    uint64_t *window = malloc(store->chunk_rows * sizeof *window);
    if (window == NULL) {
        return fail(store, ENOMEM);
    }
    store->chunks[next] = store->window = window;
    store->full = next;
    store->filled = 0;
    store->room = store->chunk_rows;
    return true;
}

bool keystore_push(KeyStore *store, uint64_t hash)
{
    if (store_is_full(store) && !make_room(store)) {
        return false;
    }
    store->window[store->filled++] = hash;
    return true;
}

bool store_extend(KeyStore *store, const byte *hashes, size_t n)
{
    while (n > 0) {
        if (store_is_full(store) && !make_room(store)) {
            return false;
        }
        size_t room = store->room - store->filled, part = n < room ? n : room;
        memcpy(store->window + store->filled, hashes, part * sizeof *store->window);
        store->filled += part;
        hashes += part * sizeof *store->window;
        n -= part;
    }
    return true;
}

bool store_set(KeyStore *store, uint64_t row, uint64_t hash)
{
    if (row < store->flushed) {
        return write_at(store, &hash, sizeof hash, row * sizeof hash);
    }
    store->chunks[(row - store->flushed) / store->chunk_rows][(row - store->flushed) % store->chunk_rows] = hash;
    return true;
}

const uint64_t *store_piece(KeyStore *store, uint64_t row, uint64_t *room, size_t *n)
{
    if (row < store->flushed) {
        *n = store->flushed - row < store->chunk_rows ? (size_t)(store->flushed - row) : store->chunk_rows;
        return read_at(store, room, *n * sizeof *room, row * sizeof *room) ? room : NULL;
    }
    size_t chunk = (size_t)((row - store->flushed) / store->chunk_rows), at = (size_t)((row - store->flushed) % store->chunk_rows);
    *n = (chunk == store->full ? store->filled : store->chunk_rows) - at;
    return store->chunks[chunk] + at;
}
