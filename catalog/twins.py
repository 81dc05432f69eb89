"""Notices the same dataset from two sources: the same bytes, the same address of a file, or the same title of one agency.

Both stay published; the one that came to be the same later says so. Asking costs one look-up for each chunk of datasets.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from catalog.formats import canonical, of_url
from catalog.issues import Issue
from catalog.models import Dataset, IssueRow, Resource, Source, Trait, Version
from catalog.sameness import title_key, url_key
from catalog.site import Site
from catalog.slices import slices

CODE = "dataset-in-two-sources"
# A manual or a page that several datasets link to makes them no twins.
DOCUMENTS = frozenset(("", "PDF", "HTML", "DOC", "DOCX", "ODT", "PPTX", "PNG", "JPEG", "TIFF", "TXT", "API", "WMS", "WFS"))
WHY = {"bytes": ("tệp giống nhau từng byte", "its file is the same byte for byte"),
       "url": ("cùng địa chỉ tệp", "its file has the same address"),
       "title": ("cùng tên, cùng cơ quan", "the same title of the same agency")}


def find_twins(site: Site, session: Session, source_id: str, dataset_ids: Sequence[str]) -> dict[str, Issue]:
    """By dataset of this source: what another source has the same; and remember what these datasets are known by."""
    traits = traits_of(session, dataset_ids)
    digests = {digest for each in traits.values() for digest in each}
    if not digests:
        return {}
    others: dict[str, list[str]] = defaultdict(list)
    for part in slices(sorted(digests)):
        for row in session.scalars(select(Trait).where(Trait.digest.in_(part), Trait.source_id != source_id).order_by(Trait.digest, Trait.source_id)):
            others[row.digest].append(row.dataset_id)
    _remember(session, source_id, traits)
    if not others:
        return {}
    living = traits_of(session, sorted({other for found in others.values() for other in found}))
    told = _told(session, list(living))
    found: dict[str, Issue] = {}
    for dataset_id, each in traits.items():
        same = ((other, kind) for digest, kind in each.items() for other in others.get(digest, ())
                if digest in living.get(other, {}) and dataset_id not in told.get(other, ()))
        first = next(same, None)
        if first is not None:
            found[dataset_id] = _issue(site, session, *first)
    return found


def traits_of(session: Session, dataset_ids: Sequence[str]) -> dict[str, dict[str, str]]:
    """By dataset that anybody may see: the hashes that it is known by, each with its kind. A file without rows is nobody's own."""
    found: dict[str, dict[str, str]] = {}
    for part in slices(dataset_ids):
        titles = session.execute(select(Dataset.id, Dataset.title, Dataset.owner_org).where(
            Dataset.id.in_(part), Dataset.state == "active", ~Dataset.private)).all()
        files = session.execute(select(Resource.dataset_id, Resource.url, Resource.format, Version.sha256, Version.rows)
                                .outerjoin(Version, Version.id == Resource.version_id)
                                .where(Resource.dataset_id.in_([row.id for row in titles]), Resource.state == "active")).all()
        found |= {row.id: {} for row in titles}
        for row in files:
            if row.sha256 and row.rows != 0:
                found[row.dataset_id][_digest("bytes", row.sha256)] = "bytes"
        for row in files:
            if (canonical(row.format) or of_url(row.url)) not in DOCUMENTS and (key := url_key(row.url)):
                found[row.dataset_id][_digest("url", key)] = "url"
        for row in titles:
            if key := title_key(row.title):
                found[row.id][_digest("title", f"{row.owner_org} {key}")] = "title"
    return found


def close_ended(session: Session, source_id: str, now: datetime) -> None:
    """End what was said of datasets of this source that are no longer the same as another, or whose other one is gone."""
    open_issues = session.scalars(select(IssueRow).where(
        IssueRow.source_id == source_id, IssueRow.code == CODE, IssueRow.closed_at.is_(None))).all()
    pairs = {issue.id: (issue.dataset_id or "", str(issue.facts.get("other"))) for issue in open_issues}
    traits = traits_of(session, sorted({one for pair in pairs.values() for one in pair}))
    over = [issue_id for issue_id, (one, other) in pairs.items() if not traits.get(one, {}).keys() & traits.get(other, {}).keys()]
    for part in slices(over):
        session.execute(update(IssueRow).where(IssueRow.id.in_(part)).values(closed_at=now))


def _remember(session: Session, source_id: str, traits: Mapping[str, Mapping[str, str]]) -> None:
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    rows = {digest: {"digest": digest, "source_id": source_id, "dataset_id": dataset_id} for dataset_id, each in traits.items() for digest in each}
    for part in slices(sorted(rows)):
        statement = insert(Trait).values([rows[digest] for digest in part])
        session.execute(statement.on_conflict_do_update(index_elements=["digest", "source_id"], set_={"dataset_id": statement.excluded.dataset_id}))


def _told(session: Session, dataset_ids: Sequence[str]) -> dict[str, set[str]]:
    """By dataset: of which others it says already that they are the same."""
    told: dict[str, set[str]] = defaultdict(set)
    for part in slices(dataset_ids):
        for dataset_id, facts in session.execute(select(IssueRow.dataset_id, IssueRow.facts).where(
                IssueRow.dataset_id.in_(part), IssueRow.code == CODE, IssueRow.closed_at.is_(None))):
            told[dataset_id].add(str(facts.get("other")))
    return told


def _issue(site: Site, session: Session, other_id: str, kind: str) -> Issue:
    other = session.get_one(Dataset, other_id)
    source = session.get(Source, other.source_id) if other.source_id else None
    vi, en = WHY[kind]
    return Issue(CODE, facts={"other": other.id, "other_title": other.title, "other_url": f"{site.settings.site_url}/dataset/{other.name}",
                              "other_source": source.title or source.name if source else "—", "why_vi": vi, "why_en": en})


def _digest(kind: str, key: str) -> str:
    return hashlib.sha256(f"{kind}:{key}".encode("utf-8", "surrogatepass")).hexdigest()[:32]
