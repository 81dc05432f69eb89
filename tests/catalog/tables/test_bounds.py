"""Questions that take too long are ended, each by itself, by one thread for all."""

from __future__ import annotations

import threading

import duckdb
import pytest

from catalog.tables.bounds import Watch

ENDLESS = "SELECT count(*) FROM range(10000000) a, range(10000000) b WHERE a.range + b.range = 7"


def test_only_the_question_that_is_over_is_interrupted():
    watch, connection = Watch(), duckdb.connect(config={"threads": 1})
    patient = connection.cursor()
    with watch.over(patient, 1_000.0):
        with pytest.raises(duckdb.InterruptException), watch.over(cursor := connection.cursor(), 0.0):
            cursor.execute(ENDLESS)
        assert patient.execute("SELECT sum(range) FROM range(1000000)").fetchone() == (499999500000,)


def test_what_a_cursor_does_after_its_end_was_called_off_is_not_interrupted():
    watch, cursor = Watch(), duckdb.connect(config={"threads": 1}).cursor()
    with watch.over(cursor, 0.0):
        pass
    with watch.over(cursor, 1_000.0):
        assert cursor.execute("SELECT count(*) FROM range(100000000) WHERE range % 7 = 3").fetchone() == (14285714,)


def test_many_questions_need_one_thread():
    watch, connection, before = Watch(), duckdb.connect(config={"threads": 1}), set(threading.enumerate())
    for _ in range(20):
        with watch.over(connection, 1_000.0), watch.over(connection, 1_000.0):
            connection.execute("SELECT 1")
    (looking,) = set(threading.enumerate()) - before
    looking.join()  # nothing runs any more
    with watch.over(connection, 1_000.0):
        assert len(set(threading.enumerate()) - before) == 1
