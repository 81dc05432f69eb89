"""Takes the steps of a run one after the other as a worker does, without a worker; or each of them twice, as after crashes."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from catalog.models import Run, Source, new_id
from catalog.site import Site
from harvesters.harvest_command import results
from harvesters.run import Harvest

CHUNK = 50


def step_through(site: Site, name: str | None = None, *, forced: bool = False, twice: bool = False) -> dict[str, Any]:
    """Harvest the source of that name, or the only one; returns what `haidang harvest --json` would print.

    `twice` takes every step again with a harvest that remembers nothing, as a worker does that was killed before it could
    write down that the step was taken; what the step returned is asserted to be the same.
    """
    run_id = _run(site, name, forced)
    harvest = Harvest(site)
    _write(site, harvest.begin, run_id)
    number, cursor = 0, None
    while True:
        page = harvest.read_page(run_id, number, cursor)
        if twice:
            harvest = Harvest(site)
            assert harvest.read_page(run_id, number, cursor) == page
        for first in range(page["first"], page["last"] + 1, CHUNK):
            last = min(first + CHUNK - 1, page["last"])
            records = harvest.prepare(run_id, first, last)
            if twice:
                records = Harvest(site).prepare(run_id, first, last)
            _write(site, harvest.take_in, run_id, records)
            if twice:
                assert _write(site, Harvest(site).take_in, run_id, records) == {}
                assert Harvest(site).prepare(run_id, first, last) == []
        number, cursor = number + 1, page["cursor"]
        if cursor is None:
            break
    _write(site, harvest.finish, run_id, None)
    return results(site, [run_id])[0]


def _run(site: Site, name: str | None, forced: bool) -> str:
    which = select(Source.id) if name is None else select(Source.id).where(Source.name == name)
    with site.writing() as session:
        run = Run(id=new_id(), source_id=session.scalars(which).one(), queued_at=site.clock.now(), forced=forced)
        session.add(run)
        return run.id


def _write(site: Site, step, *args):
    with site.writing() as session:
        return step(session, *args)
