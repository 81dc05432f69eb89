"""What a site remembers between starts."""

from __future__ import annotations

from threading import Thread

from sqlalchemy import text

from catalog.site import Site, remember, remembered


def test_two_processes_that_remember_the_same_for_the_first_time_both_go_on(site):
    with site.writing() as session:
        remember(session, "connectors", {"by": 1})
        other = Thread(target=remember_in_turn, args=(site,))
        other.start()
        while site.engine.dialect.name == "postgresql" and other.is_alive() and not waiting(site):
            other.join(0.01)
    other.join()
    assert remembered(site.engine, "connectors") == {"by": 2}


def remember_in_turn(site: Site) -> None:
    with site.writing() as session:
        remember(session, "connectors", {"by": 2})


def waiting(site: Site) -> bool:
    """Whether a transaction waits for another."""
    with site.engine.connect() as connection:
        return connection.scalar(text("SELECT count(*) FROM pg_locks WHERE NOT granted")) > 0


def test_what_was_remembered_before_is_replaced(site):
    for value in (1, {"x": [2]}, False):
        with site.writing() as session:
            remember(session, "was", value)
        assert remembered(site.engine, "was", "never") == value
