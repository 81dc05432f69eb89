"""A target as its pages show it: a run that left issues, datasets that were sent and refused, a question that waits."""

from __future__ import annotations

from catalog.archiving import Act
from catalog.issues import Issue, Place
from catalog.models import Onward, OnwardRun, Target
from catalog.onward import leaving
from catalog.site import Site
from support.publishing import call, furnish, publish
from support.targets import aim

HOSTILE = "<script>alert(1)</script>"
TOKEN = "khoa-bi-mat-cua-dich"


def sow_target(site: Site) -> None:
    """Put it all in."""
    furnish(site)
    ids = {name: publish(site, name=name, title=name)["id"] for name in ("bo-mot", "bo-hai", "bo-ba")}
    target = aim(site, "http://127.0.0.1:9", TOKEN, prefix="brvt-", organizations={"so-y-te": HOSTILE}, max_upload=7)
    refused = Issue("onward-refused", Place(url="http://127.0.0.1:9"), {"reason": f"title: {HOSTILE}"})
    now = site.clock.now()
    with site.writing() as session:
        for name, state in (("bo-mot", "sent"), ("bo-hai", "failed"), ("bo-ba", "sent")):
            session.add(Onward(target_id=target.id, dataset_id=ids[name], name=name, remote_id="x", remote_name=f"brvt-{name}", state=state, tried_at=now,
                               sent_at=now if state == "sent" else None, issues=[refused.to_dict()] if state == "failed" else []))
        left = Issue("onward-left", Place(url="http://127.0.0.1:9"), {"target": "tinh", "waiting": 5})
        session.add(OnwardRun(target_id=target.id, status="failed", by="chị Hà", did={"created": 1, "failed": 1}, issues=[left.to_dict()], queued_at=now,
                              started_at=now, finished_at=now))
    call(site, "package_delete", user="tester", id="bo-ba")
    with site.writing() as session:
        row = session.get_one(Target, target.id)
        leaving.ask(session, target.id, leaving.gone(session, site.settings, row), Act(by="system", at=now, reason=""))
