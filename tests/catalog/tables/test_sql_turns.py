"""Whose query runs next: nobody keeps the processes from the others."""

from __future__ import annotations

import threading
from contextlib import ExitStack

import pytest

from catalog.tables.sql_turns import LONG, MAX_WAITING, MAX_WAITING_OF_ONE, MEMORY, Turns
from catalog.tables.sql_words import Halted


class Hand:
    """A clock that is set by hand."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def now() -> Hand:
    return Hand()


def busy(turns: Turns, asker: str) -> bool:
    """Whether the asker is turned away; only for turns without patience."""
    try:
        with turns.turn(asker):
            return False
    except Halted:
        return True


def test_two_queries_of_one_asker_do_not_run_at_once(now):
    turns = Turns(2, patience=0, now=now)
    with turns.turn("a"):
        assert busy(turns, "a") and not busy(turns, "b")
    assert not busy(turns, "a")


def test_those_with_long_queries_leave_one_process_to_the_others(now):
    turns = Turns(2, patience=0, now=now)
    for asker in ("slow", "slower"):
        turns.took(asker, LONG)
    with turns.turn("slow"):
        assert busy(turns, "slower") and not busy(turns, "b")
        now.seconds += MEMORY
        assert not busy(turns, "slower")


def test_one_process_alone_is_for_everybody(now):
    turns = Turns(1, patience=0, now=now)
    turns.took("slow", LONG)
    assert not busy(turns, "slow")


def waiting(turns: Turns, asker: str, order: list[str]) -> threading.Thread:
    """A thread that waits for its turn, once it really waits."""
    def wait() -> None:
        with turns.turn(asker):
            order.append(asker)

    before = len(turns._waiting)
    thread = threading.Thread(target=wait, daemon=True)
    thread.start()
    while len(turns._waiting) == before:
        thread.join(0.001)
    return thread


def test_quick_askers_go_before_slow_ones_and_else_whoever_came_first(now):
    turns, order = Turns(1, patience=600, now=now), []
    turns.took("slow", LONG)
    with turns.turn("x"):
        threads = [waiting(turns, asker, order) for asker in ("slow", "b", "c")]
    for thread in threads:
        thread.join()
    assert order == ["b", "c", "slow"]


def test_few_may_wait_and_fewer_of_one_asker(now):
    turns, order = Turns(1, patience=600, now=now), []
    with turns.turn("x"):
        threads = [waiting(turns, "a", order) for _ in range(MAX_WAITING_OF_ONE)]
        assert busy(turns, "a")
        threads += [waiting(turns, str(number), order) for number in range(MAX_WAITING - MAX_WAITING_OF_ONE)]
        assert busy(turns, "b")
    for thread in threads:
        thread.join()
    assert len(order) == MAX_WAITING


def test_a_turn_ends_however_the_query_does(now):
    turns = Turns(1, patience=0, now=now)
    with ExitStack() as stack, pytest.raises(ZeroDivisionError):
        stack.enter_context(turns.turn("a"))
        raise ZeroDivisionError
    assert not busy(turns, "b")
