"""What was decided about columns is carried out by a worker, once, however often it is ordered."""

from __future__ import annotations

from support.holding import SHOPS, carried_out, hand_in, leader, only, ordered, versions
from support.seeding import add_source

from catalog import jobs
from catalog.decisions import keeping
from harvesters.worker import working


def test_a_worker_carries_a_decision_out_once(site):
    add_source(site, url="upload:nguon", connector="upload")
    hand_in(site, SHOPS)
    ordered(site, leader(only(site)[0].owner_org), B="drop")
    orderer = jobs.Jobs(site)
    keeping.order_again(site, orderer, versions(site)[0])
    orderer.close()
    with working(site):
        made = carried_out(site)
    assert [version.state for version in versions(site)] == ["held", "published"] and only(site)[1].version_id == made.id
