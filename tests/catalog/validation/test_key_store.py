"""The key store against a model in Python: which rows may clash, in memory and on disk, and a hash that is the same everywhere."""

from __future__ import annotations

import errno
import os
import random
import threading
from array import array
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from catalog.validation import _native

TINY = 4096  # the least memory: 256 rows fill it, the rest goes to the disk
MOST = 2**64 - 1
SMALL = st.integers(0, 40)
CLOSE = st.integers(MOST - 300, MOST)
WORDS = st.integers(0, MOST)
HASHES = st.one_of(
    st.lists(st.one_of(SMALL, CLOSE, WORDS), max_size=60),
    st.builds(lambda kind, n, seed: some_hashes(kind, n, random.Random(seed)),
              st.sampled_from(["unique", "few", "pairs", "narrow", "equal", "steps"]), st.integers(0, 3000), st.integers(0, 2**32)),
)


def some_hashes(kind: str, n: int, chance: random.Random) -> list[int]:
    """n hashes: all different, few clashes, each twice, crowded in a corner, all equal, or one leading digit apart."""
    if kind == "equal":
        return [chance.getrandbits(64)] * n
    if kind == "narrow":
        return [MOST - chance.randrange(2 * n) for _ in range(n)]
    if kind == "steps":
        return [chance.randrange(n) << chance.choice((0, 8, 53, 40)) & MOST for _ in range(n)]
    hashes = [chance.getrandbits(64) for _ in range(n)]
    if kind == "few":
        hashes[n // 2:] = [h if chance.random() < 0.98 else chance.choice(hashes) for h in hashes[n // 2:]]
    if kind == "pairs":
        hashes[n // 2:] = chance.sample(hashes[:n // 2], n // 2) + hashes[:n % 2]
    return hashes


def expected(hashes: list[int]) -> list[int]:
    count = Counter(hashes)
    return [row for row, h in enumerate(hashes) if h and count[h] > 1]


def stored(hashes: list[int], memory: int, folder) -> _native.KeyStore:
    store = _native.KeyStore(memory=memory, folder=folder)
    for h in hashes:
        store.push(h)
    return store


@settings(max_examples=300, deadline=None)
@given(HASHES, st.sampled_from([TINY, 8192, 65536]))
def test_candidates_are_the_rows_whose_hash_occurs_twice(tmp_path_factory, hashes, memory):
    store = stored(hashes, memory, tmp_path_factory.getbasetemp())
    found = store.candidates()
    assert found.count == len(expected(hashes))
    assert list(found) == expected(hashes)
    assert len(store) == len(hashes)


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_recent_rows_can_be_replaced_and_final_ones_cannot(tmp_path_factory, data):
    model: list[int] = []
    final = 0
    store = _native.KeyStore(memory=TINY, folder=tmp_path_factory.getbasetemp())
    for _ in range(data.draw(st.integers(0, 12))):
        match data.draw(st.sampled_from(["push", "extend", "set", "commit", "candidates"])):
            case "push":
                model.append(data.draw(SMALL))
                store.push(model[-1])
            case "extend":
                more = some_hashes("steps", data.draw(st.integers(0, 400)), random.Random(data.draw(SMALL)))
                model += more
                store.extend(array("Q", more))
            case "set":
                row, word = data.draw(st.integers(-2, len(model) + 2)), data.draw(SMALL)
                if final <= row < len(model):
                    model[row] = word
                    store.set(row, word)
                else:
                    with pytest.raises(IndexError):
                        store.set(row, word)
            case "commit":
                final = len(model)
                store.commit()
            case "candidates":
                assert list(store.candidates()) == expected(model)
    assert (len(store), list(store.candidates())) == (len(model), expected(model))


def test_a_row_on_the_disk_can_be_replaced_until_it_is_final(tmp_path):
    store = stored(list(range(1, 2001)), TINY, tmp_path)
    store.set(0, 2000)
    store.set(1999, 2000)
    store.set(5, 7)
    assert list(store.candidates()) == [0, 5, 6, 1999]
    store.commit()
    with pytest.raises(IndexError, match="row 1999 is not among the rows since the last commit"):
        store.set(1999, 1)
    store.push(9)
    store.set(2000, 10)
    assert list(store.candidates()) == [0, 5, 6, 9, 1999, 2000]


def test_a_row_that_takes_no_part_never_clashes(tmp_path):
    for memory in (TINY, 2**20):
        assert list(stored([0] * 1000, memory, tmp_path).candidates()) == []
        assert list(stored([0, 5] * 300, memory, tmp_path).candidates()) == list(range(1, 600, 2))


@pytest.mark.parametrize("memory", [TINY, 2**20, 2**25])
@pytest.mark.parametrize("kind", ["unique", "few", "pairs", "narrow", "equal", "steps"])
def test_many_rows(tmp_path, kind, memory):
    hashes = some_hashes(kind, 120_001, random.Random(kind))
    if memory == TINY:
        hashes = hashes[:30_001]
    store = _native.KeyStore(memory=memory, folder=tmp_path)
    store.extend(array("Q", hashes))
    found = store.candidates()
    assert (found.count, list(found)) == (len(expected(hashes)), expected(hashes))
    assert list(tmp_path.iterdir()) == [], "the file has no name"


def test_two_million_rows_in_little_memory(tmp_path):
    chance = random.Random(2)
    store = _native.KeyStore(memory=2**20, folder=tmp_path)
    for _ in range(20):
        store.extend(chance.randbytes(800_000))
    store.extend(array("Q", [3, 4, 3]))
    assert list(store.candidates()) == [2_000_000, 2_000_002]


def test_without_a_row_nothing_clashes():
    store = _native.KeyStore()
    assert (len(store), list(store.candidates()), store.candidates().count) == (0, [], 0)
    store.push(1)
    assert list(store.candidates()) == []


def test_an_iterator_outlives_its_store_and_ends_once():
    found = stored([1, 1], TINY, None).candidates()
    assert (list(found), list(found), found.count) == ([0, 1], [], 2)


def test_a_folder_that_is_not_there_is_named_when_the_memory_is_full(tmp_path):
    store = _native.KeyStore(memory=TINY, folder=tmp_path / "không có")
    with pytest.raises(FileNotFoundError, match="hashes of keys cannot be kept in the folder .*không có: No such file") as raised:
        store.extend(bytes(8 * 10_000))
    assert raised.value.errno == errno.ENOENT
    with pytest.raises(FileNotFoundError):
        store.push(1)
    with pytest.raises(FileNotFoundError):
        store.candidates()


def test_a_full_disk_is_an_os_error(tmp_path):
    """A limit on the size of files stands for the full disk: the system refuses the write in the same way. The row that was
    refused is lost, so the store stays broken when there is room again."""
    import resource
    import signal

    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    ignored = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, hard))
    try:
        store = _native.KeyStore(memory=TINY, folder=tmp_path)
        with pytest.raises(OSError, match="cannot be kept in the folder .*: File too large"):
            store.extend(bytes(8 * 100_000))
        with pytest.raises(OSError, match="File too large"):
            store.candidates()
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        signal.signal(signal.SIGXFSZ, ignored)
    for call in (lambda: store.push(1), lambda: store.extend(bytes(8)), store.candidates):
        with pytest.raises(OSError, match="File too large"):
            call()


def open_files() -> set[int]:
    listed = os.listdir("/dev/fd")  # the listing's own descriptor is among them, and closed again
    return {int(name) for name in listed if os.path.exists(f"/dev/fd/{name}") or os.path.islink(f"/dev/fd/{name}")}


def test_files_are_closed_with_their_store_and_not_given_to_other_programs(tmp_path):
    before = open_files()
    stores = [stored(list(range(1000)), TINY, tmp_path) for _ in range(5)]
    opened = open_files() - before
    assert len(opened) == 5
    assert not any(map(os.get_inheritable, opened))
    del stores
    assert open_files() == before


@pytest.mark.parametrize("memory", [TINY, 10_240, 2**20])
def test_the_disk_is_used_when_half_of_the_memory_is_full(tmp_path, memory):
    before = len(open_files())
    store = _native.KeyStore(memory=memory, folder=tmp_path)
    rows = memory // 2 // 8
    store.extend(bytes(8 * rows))
    assert len(open_files()) == before
    store.push(1)
    assert len(open_files()) == before + 1


def test_two_threads_may_not_use_a_store_at_once(tmp_path):
    """Whatever the threads meet, it is an error in words or the right answer."""
    store = _native.KeyStore(memory=2**20, folder=tmp_path)
    hashes = array("Q", range(1, 20_001))
    said, accepted = set(), [0, 0]

    def use(who: int) -> None:
        for _ in range(20):
            try:
                store.extend(hashes)
                accepted[who] += len(hashes)
            except RuntimeError as error:
                said.add(str(error))

    threads = [threading.Thread(target=use, args=(who,)) for who in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert said <= {"this KeyStore is at work in another thread"}
    assert len(store) == sum(accepted)
    assert store.candidates().count == (len(store) if len(store) > len(hashes) else 0)


@pytest.mark.parametrize(("call", "error"), [
    (lambda s: s.push(-1), OverflowError), (lambda s: s.push(2**64), OverflowError), (lambda s: s.push("1"), TypeError),
    (lambda s: s.set(0), TypeError), (lambda s: s.set(0, -1), OverflowError), (lambda s: s.set("0", 1), TypeError),
    (lambda s: s.extend(b"1234567"), ValueError), (lambda s: s.extend("12345678"), TypeError),
    (lambda s: type(s)(memory=-1), ValueError), (lambda s: type(s)(memory="much"), TypeError), (lambda s: type(s)(folder=3.5), TypeError),
    (lambda s: type(s)(folder="a\0b"), ValueError), (lambda s: type(s.candidates())(), TypeError),
    (lambda s: type("Derived", (type(s),), {}), TypeError),
])
def test_what_is_no_hash_is_refused(call, error):
    store = stored([1, 2], TINY, None)
    with pytest.raises(error):
        call(store)
    assert (len(store), list(store.candidates())) == (2, [])


@pytest.mark.parametrize(("data", "seed", "value"), [
    (b"", 0, 0x9FBFA0B96648049D), (b"a", 0, 0x2F0BCEE825B0A938), (b"abc", 0, 0xFD5F6563967876C7), (b"abc", 7, 0xCA47778207C96681),
    (b"abcd", 0, 0x31201C2899497881), (b"abcdefgh", 0, 0x26BB49613B4EEEEF), (b"abcdefghijklmnop", 0, 0x65470976F68DDE0F),
    (bytes(range(40)), 0, 0xCC6A0AB0BCF2D1E3), ("Hải Phòng".encode(), 0, 0x24AD0500DA4F7536),
])
def test_the_hash_is_the_same_on_every_machine(data, seed, value):
    assert _native.hash_bytes(data, seed) == _native.hash_bytes(bytearray(data), seed=seed) == value


def test_parts_of_a_key_are_combined_in_order():
    assert _native.hash_combine(1, 2) == 0x9394CE56F9C32639
    assert _native.hash_combine(2, 1) == 0x7E356DF09ACC11F2
    assert _native.hash_combine(0, 0) == 0xB3BFC73DBDA2207A


def fold(a: int, b: int) -> int:
    return (a * b & MOST) ^ (a * b >> 64)


def swapped(word: int) -> int:
    return (word << 32 | word >> 32) & MOST


PI = (0x243F6A8885A308D3, 0x13198A2E03707345, 0xA4093822299F31D1, 0x082EFA98EC4E6C89)


def hash_in_python(data: bytes, seed: int) -> int:
    """The hash once more, from its description."""
    seed, n = (seed ^ PI[0]) * PI[1] & MOST, len(data)

    def word(at: int, size: int) -> int:
        return int.from_bytes(data[at:at + size], "little")

    first = last = 0
    if n > 16:
        for at in range(0, n - 16, 16):
            seed = fold(word(at, 8) ^ PI[2], word(at + 8, 8) ^ seed)
        first, last = word(n - 16, 8), word(n - 8, 8)
    elif n >= 4:
        size = 8 if n >= 8 else 4
        first, last = word(0, size), swapped(word(n - size, size))
    elif n:
        first = data[0] | data[n // 2] << 8 | data[-1] << 16
    return fold(PI[3] ^ n, fold(first ^ PI[2], last ^ seed)) or PI[3]


@given(st.binary(max_size=100), WORDS)
def test_the_hash_is_what_its_description_says(data, seed):
    assert _native.hash_bytes(data, seed) == hash_in_python(data, seed)


def test_the_hash_is_so_for_every_length():
    chance = random.Random(3)
    for n in range(200):
        data = chance.randbytes(n)
        assert _native.hash_bytes(data, n) == hash_in_python(data, n)


@given(WORDS, WORDS)
def test_the_combination_is_what_its_description_says(so_far, part):
    mixed = fold(so_far ^ PI[0], part ^ PI[1])
    assert _native.hash_combine(so_far, part) == ((fold(mixed ^ PI[2], swapped(so_far) ^ PI[3]) + part * PI[1]) & MOST or PI[3])


def test_no_value_hashes_to_nothing():
    """An input whose fold is 0 on purpose: a zero factor in the last step."""
    seed_after = (0 ^ PI[0]) * PI[1] & MOST
    eight = swapped(seed_after).to_bytes(8, "little")  # last ^ seed is 0, so is the inner product, and the outer is PI[3] ^ 8 times 0
    assert _native.hash_bytes(eight) == PI[3]


SHAPES = {
    "numbers": [str(n).encode() for n in range(100_000)],
    "codes": [f"HP-{n:08d}".encode() for n in range(100_000)],
    "dates": [f"{y}-{m:02d}-{d:02d}T{h:02d}:00:00".encode() for y in range(1990, 2010) for m in range(1, 13) for d in range(1, 29) for h in range(12)],
    "long": [b"x" * 30 + str(n).encode() + b"y" * 7 for n in range(100_000)],
    "zeros": [b"\0" * n for n in range(3000)],
    "one bit": [(1 << n).to_bytes(size, "little") for size in (1, 2, 3, 4, 7, 8, 9, 15, 16, 17, 31, 32, 33, 40) for n in range(size * 8)],
    "words": [n.to_bytes(8, "little") for n in range(100_000)],
}


@pytest.mark.parametrize("shape", SHAPES)
def test_values_that_look_alike_spread_evenly(shape):
    hashes = [_native.hash_bytes(value) for value in SHAPES[shape]]
    assert len(set(hashes)) == len(hashes)
    for shift in (0, 24, 56):
        digits = Counter(h >> shift & 255 for h in hashes)
        mean = len(hashes) / 256
        spread = sum((digits[d] - mean) ** 2 / mean for d in range(256))
        assert spread < 255 + 6 * (2 * 255) ** 0.5, "chi squared, six deviations above its mean"


def test_each_bit_of_a_value_turns_half_of_the_hash():
    chance = random.Random(1)
    for size in (1, 3, 4, 6, 8, 11, 16, 20, 40):
        turned = []
        for _ in range(40):
            value = chance.getrandbits(size * 8)
            for bit in range(size * 8):
                one, other = (_native.hash_bytes(v.to_bytes(size, "little")) for v in (value, value ^ 1 << bit))
                turned.append((one ^ other).bit_count())
        assert 31 < sum(turned) / len(turned) < 33 and min(turned) > 6
