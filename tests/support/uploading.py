"""Hands in files on the pages as a browser without scripts does, and checks them as the worker does."""

from __future__ import annotations

import io
import re
from html import unescape

from catalog import jobs
from catalog.drafts import checking
from catalog.models import UploadDraft, new_id
from catalog.site import Site
from catalog.sources import remember_connectors
from support.acting import GUARD, account_client, guard_of
from support.people import people
from support.seeding import add_source
from support.visiting import Visitor

_DECLARED = {"upload": {"title": {"vi": "Tự nộp", "en": "Handed in"}, "options": [], "own_scheme": "upload", "placed": True}}


def take_files(site: Site, url: str = "http://127.0.0.1:9/", connector: str = "ckan") -> None:
    """Let a site have a source, people, and clerks who may hand files in."""
    jobs.migrate_queue(site.settings)
    with site.writing() as session:
        remember_connectors(session, _DECLARED)
    add_source(site, url=url, connector=connector)
    people(site)


def clerk(site: Site) -> Visitor:
    """Jane, who writes for So y te and nowhere else, where files may be handed in."""
    take_files(site)
    return account_client(site, "jane")


def field(page: str, name: str) -> str:
    """The value of a field that nobody sees."""
    return unescape(re.search(rf'name="{name}" value="([^"]*)"', page)[1])


def send(client: Visitor, content: bytes, name: str = "cho.csv", *, path: str = "/desk/uploads", **more: str):
    """Fill in the form of a page and send it."""
    page = client.get(path).text
    return client.post("/desk/uploads", data={"csrf_token": unescape(GUARD.search(page)[1]), "draft": field(page, "draft"),
                                              "file": (io.BytesIO(content), name), **more})


def check(site: Site, answer) -> str:
    """What the worker does; the address of the draft."""
    assert answer.status_code == 303, answer.text
    where = answer.headers["Location"]
    checking.perform(site, where.rsplit("/", 1)[1])
    return where


def sent(site: Site, client: Visitor, content: bytes, name: str = "cho.csv", **more: str) -> str:
    """The address of a draft that was sent and checked."""
    return check(site, send(client, content, name, **more))


def press(client: Visitor, path: str, **fields: str):
    """Press the button of a form."""
    return client.post(path, data={"csrf_token": guard_of(client, "/desk/uploads"), "draft": new_id(), **fields})


def row(site: Site, where: str) -> UploadDraft:
    """The draft behind an address."""
    with site.reading() as session:
        return session.get_one(UploadDraft, where.rsplit("/", 1)[1])
