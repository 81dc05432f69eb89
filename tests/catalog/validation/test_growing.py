"""A growing file: each reader sees the finished file, at its own pace, or what broke it."""

from __future__ import annotations

import csv
import hashlib
import io
import random
import threading
import time

import frictionless
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from catalog.validation.growing import Abandoned, GrowingFile, StartedAgain
from catalog.validation.verdict import Cancelled

DATA = b"".join(b"%d,V\xc5\xa9ng T\xc3\xa0u\r\n" % number for number in range(3000))


@pytest.fixture
def growing(tmp_path):
    return GrowingFile(tmp_path / "spool")


def in_thread(work) -> threading.Thread:
    thread = threading.Thread(target=work)
    thread.start()
    return thread


def write_slowly(growing: GrowingFile, data: bytes = DATA, seed: int = 1) -> threading.Thread:
    def work() -> None:
        chance = random.Random(seed)
        with growing.writer() as writer:
            writer.begin("head")
            at = 0
            while at < len(data):
                size = chance.randrange(1, 4000)
                writer.write(data[at : at + size])
                at += size
                time.sleep(0.0002)

    return in_thread(work)


@pytest.mark.parametrize("read", [
    lambda file: file.read(), lambda file: b"".join(iter(lambda: file.read(777), b"")), lambda file: b"".join(iter(lambda: file.read1(5000), b"")),
    lambda file: b"".join(file), lambda file: io.TextIOWrapper(file, "utf-8", newline="").read().encode(), lambda file: io.BufferedReader(file).read(),
])
def test_readers_see_the_whole_file_while_it_grows(growing, read):
    thread = write_slowly(growing)
    with growing.open() as file:
        assert read(file) == DATA
    thread.join()
    assert growing.head() == "head" and growing.ended and growing.size == len(DATA)
    digests = growing.digests()
    assert (digests.md5, digests.sha256, digests.size) == (hashlib.md5(DATA).hexdigest(), hashlib.sha256(DATA).hexdigest(), len(DATA))


def test_many_readers_go_at_their_own_pace(growing):
    got: list[list] = []

    def work() -> None:
        with growing.open() as file:
            got.append(list(csv.reader(io.TextIOWrapper(file, "utf-8", newline=""))))

    threads = [in_thread(work) for _ in range(3)]
    threads.append(write_slowly(growing))
    for thread in threads:
        thread.join()
    assert [len(rows) for rows in got] == [3000] * 3


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=50)
@given(st.lists(st.tuples(st.sampled_from(["read", "read1", "readinto", "set", "cur", "end", "tell"]), st.integers(-5, 60)), max_size=12))
def test_every_call_answers_as_an_ordinary_file_does(tmp_path, calls):
    data = DATA[:40]
    growing = GrowingFile(tmp_path / "spool")
    with growing.writer() as writer:
        writer.begin(None)
        writer.write(data)
    with growing.open() as file:
        for (name, number) in calls:
            ours, theirs = call(file, name, number), call_of_bytes(data, file_at := file.tell(), name, number)
            assert name == "read1" or ours == theirs, (name, number, file_at)


def call(file, name, number):
    at = file.tell()
    try:
        if name == "readinto":
            buffer = bytearray(abs(number))
            size = file.readinto(buffer)
            return bytes(buffer[:size])
        if name in ("set", "cur", "end"):
            return file.seek(number, ["set", "cur", "end"].index(name))
        return file.tell() if name == "tell" else getattr(file, name)(number)
    except ValueError:
        return "refused"
    finally:
        file.seek(at)


def call_of_bytes(data, at, name, number):
    file = io.BytesIO(data)
    file.seek(at)
    if name in ("cur", "end") and (at if name == "cur" else len(data)) + number < 0:
        return "refused"
    return call(file, name, number)


def test_a_broken_download_is_told_after_the_bytes_before_it(growing):
    with pytest.raises(OSError, match="line down"), growing.writer() as writer:
        writer.begin(None)
        writer.write(b"abc")
        raise OSError("line down")
    file = growing.open()
    assert file.read(3) == b"abc"
    for ask in (lambda: file.read(1), lambda: file.read1(1), lambda: file.seek(0, io.SEEK_END), growing.digests):
        with pytest.raises(OSError, match="line down"):
            ask()
    assert not growing.ended


def test_a_download_that_breaks_before_its_first_byte_is_told_to_who_opens(growing):
    with pytest.raises(OSError, match="no way"), growing.writer():
        raise OSError("no way")
    with pytest.raises(OSError, match="no way"):
        growing.open()


def test_a_reader_that_waits_can_be_stopped(tmp_path):
    stop = threading.Event()
    growing = GrowingFile(tmp_path / "spool", cancelled=stop.is_set)
    writer = growing.writer()
    writer.begin(None)
    file = growing.open()
    thread = in_thread(lambda: (time.sleep(0.05), stop.set()))
    with pytest.raises(Cancelled):
        file.read(1)
    thread.join()
    writer.__exit__(None, None, None)


def test_a_file_that_nobody_wants_stops_its_writer(growing):
    with pytest.raises(Abandoned), growing.writer() as writer:
        writer.begin(None)
        growing.abandon()
        writer.write(b"x")
    with pytest.raises(Cancelled):
        growing.open()


def test_a_second_attempt_sends_readers_back_to_the_start(growing):
    pieces: list[list[bytes]] = []

    def watched_by():
        pieces.append([])
        return pieces[-1].append

    with growing.writer(watched_by) as writer:
        writer.begin("first")
        writer.write(b"old bytes")
        old = growing.open()
        assert old.read(3) == b"old"
        writer.begin("second")
        for ask in (lambda: old.read(3), lambda: old.read1(3), lambda: old.seek(0, io.SEEK_END)):
            with pytest.raises(StartedAgain):
                ask()
        writer.write(b"new")
    with growing.open() as new:
        assert (growing.head(), new.read()) == ("second", b"new")
    assert growing.digests().sha256 == hashlib.sha256(b"new").hexdigest()
    assert pieces == [[b"old bytes"], [b"new"]]
    with pytest.raises(StartedAgain):
        old.read()


def test_an_empty_file_and_a_closed_reader(growing):
    with growing.writer():
        pass
    file = growing.open()
    assert (file.read(5), file.read1(), file.seek(0, io.SEEK_END)) == (b"", b"", 0)
    file.close()
    with pytest.raises(ValueError, match="closed"):
        file.read()


def test_frictionless_reads_it_as_it_reads_a_file(growing, tmp_path):
    path = tmp_path / "table.csv"
    path.write_bytes(b"id,name\r\n" + DATA + b"x\r\n")
    thread = write_slowly(growing, path.read_bytes())
    ours = frictionless.resources.TableResource(data=growing.open(), scheme="stream", format="csv").validate()
    theirs = frictionless.resources.TableResource(path="table.csv", basepath=str(tmp_path), format="csv", scheme="file").validate()
    thread.join()
    assert [ours.tasks[0].stats[key] for key in ("md5", "sha256", "bytes", "rows")] == [theirs.tasks[0].stats[key] for key in ("md5", "sha256", "bytes", "rows")]
    assert ours.flatten(["rowNumber", "type", "note"]) == theirs.flatten(["rowNumber", "type", "note"]) != []
