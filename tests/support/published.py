"""A small published catalogue for tests of pages: an agency with a source, runs, datasets with versions and issues.

Texts that come from outside are hostile: each carries HOSTILE, which must never reach a page as markup.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
from sqlalchemy.orm import Session

from catalog.models import (
    Agency,
    AgencyName,
    Change,
    Dataset,
    IssueRow,
    OldName,
    Resource,
    Run,
    RunRecord,
    Source,
    Succession,
    Theme,
    Version,
)
from catalog.site import Site
from support.seeding import add_agency

HOSTILE = "<script>alert(1)</script>"
CSV = "ma_tuyen,ten_tuyen\n01,Vũng Tàu – Bà Rịa\n02,=HYPERLINK(1)\n".encode()


@dataclass(frozen=True, slots=True, kw_only=True)
class Sown:
    """What stands in the sown catalogue, by id."""

    agency: str
    source: str
    run: str
    dataset: str
    resource: str
    link: str
    bare: str


def parquet(folder: Path, rows: list[tuple[str, str, float | None]]) -> Path:
    """A typed table as the house stores it."""
    fields = [pa.field("ma_tuyen", pa.string(), metadata={b"type": b"string", b"title": "Mã tuyến".encode()}),
              pa.field("ten_tuyen", pa.string(), metadata={b"type": b"string", b"title": f"Tên {HOSTILE}".encode()}),
              pa.field("cu_ly", pa.float64(), metadata={b"type": b"number", b"title": b"cu_ly"})]
    columns = [pa.array([row[number] for row in rows], fields[number].type) for number in range(3)]
    path = folder / "table.parquet"
    pq.write_table(pa.table(columns, schema=pa.schema(fields)), path)
    return path


def sow(site: Site, folder: Path) -> Sown:
    """Put it all in, in one transaction."""
    now = site.clock.now()
    with site.writing() as session:
        agency = add_agency(site, session)
        for slug in ("so-noi-vu", "so-du-lich"):
            add_agency(site, session, slug)
        _successor(site, session, agency)
        session.add(Theme(name="giao-thong", title_vi="Giao thông", title_en="Transport", icon="bus", created=now))
        source = Source(name="nguon-y-te", title=f"Cổng {HOSTILE}", agency_id=agency.id, connector="ckan", url=f"http://nguon.test/?{HOSTILE}",
                        schedule="0 2 * * *", created=now)
        session.add(source)
        session.flush()
        run = Run(source_id=source.id, status="succeeded-with-issues", gathered_all=True, expected=3, queued_at=now - timedelta(minutes=3),
                  started_at=now - timedelta(minutes=2), finished_at=now - timedelta(minutes=1))
        session.add(run)
        session.flush()
        dataset, resource, link, bare = _dataset(site, session, folder, source, run.id)
        for identifier, outcome in (("bo-1", "created"), ("bo-2", "rejected"), (f"bo {HOSTILE}", "unchanged")):
            session.add(RunRecord(run_id=run.id, identifier=identifier, outcome=outcome, at=now,
                                  dataset_id=dataset.id if outcome == "created" else None))
        for number, code in enumerate(("title-missing", "source-shrank", "title-missing")):
            session.add(issue(source, run.id, code, now, identifier=f"bo-{number}", dataset_id=dataset.id if number == 0 else None))
        return Sown(agency=agency.id, source=source.id, run=run.id, dataset=dataset.id, resource=resource.id, link=link.id, bare=bare.id)


def issue(source: Source, run_id: str, code: str, now: datetime, *, identifier: str | None = None, dataset_id: str | None = None) -> IssueRow:
    """An open issue with hostile facts."""
    return IssueRow(fingerprint=f"{code}:{identifier}"[:32], run_id=run_id, source_id=source.id, identifier=identifier, dataset_id=dataset_id,
                    code=code, stage="read", severity="error", who="agency", place={"file": f"tep{HOSTILE}.csv", "row": 2, "column": "B"},
                    facts={"field": HOSTILE, "title": HOSTILE, "reason": HOSTILE, "count": 3}, first_seen=now, last_seen=now)


def _successor(site: Site, session: Session, agency: Agency) -> None:
    """An agency that ended before today and passed to Sở Y tế."""
    old = Agency(slug="so-cu", level="province", valid_from=date(2020, 1, 1), valid_to=date(2023, 12, 31), created=site.clock.now())
    old.names.append(AgencyName(valid_from=date(2020, 1, 1), name_vi="Sở cũ", name_en="Old department"))
    session.add(old)
    session.flush()
    session.add(Succession(predecessor_id=old.id, successor_id=agency.id, day=date(2024, 1, 1), kind="merge", decision="Quyết định 1/QĐ"))


def _dataset(site: Site, session: Session, folder: Path, source: Source, run_id: str) -> tuple[Dataset, Resource, Resource, Resource]:
    now = site.clock.now()
    dataset = Dataset(
        name="tuyen-xe-buyt", title=f"Tuyến xe buýt {HOSTILE}", title_en="Bus routes", notes=f"Lộ trình {HOSTILE} **đậm**", license_id="cc-by",
        owner_org=source.agency_id, published_by=source.agency_id, frequency="monthly", illustrative=True, tags=[f"xe {HOSTILE}"],
        groups=["giao-thong"], source_id=source.id, identifier="bo-1", metadata_created=now, metadata_modified=now, url="javascript:alert(1)")
    for position, (name, format, url) in enumerate((("Tuyến", "CSV", "http://nguon.test/tuyen.csv"), ("Trang", "HTML", "http://nguon.test/trang"),
                                                    ("Lạ", "CSV", "javascript:alert(1)"))):
        dataset.resources.append(Resource(position=position, name=f"{name} {HOSTILE}", description=HOSTILE, format=format, url=url, created=now,
                                          metadata_modified=now))
    session.add(dataset)
    session.flush()
    session.add(OldName(name="xe-buyt-cu", dataset_id=dataset.id))
    resource, link, bare = dataset.resources
    first = version(site, resource, 1, CSV, run_id)
    second = version(site, resource, 2, CSV + b"03,C\n", run_id)
    table = parquet(folder, [("01", "Vũng Tàu – Bà Rịa", 20.5), ("02", f"=HYPERLINK {HOSTILE}", None), ("03", "C", 3.25)])
    second.table_sha256, second.table_size, second.checked, second.rows = site.files.put(table), table.stat().st_size, "valid", 3
    third = version(site, resource, 3, b"ma_tuyen,so_cccd\n01,079201001234\n", run_id, state="refused")
    third.errors, third.rows = 2, 1
    third.report_sha256 = site.files.put_bytes(json.dumps(REPORT, ensure_ascii=False).encode())
    session.add_all([first, second, third])
    session.flush()
    resource.version_id, resource.url_type, resource.schema_name = second.id, "upload", "tuyen-xe-buyt"
    session.add(Change(dataset_id=dataset.id, at=now))
    session.flush()
    return dataset, resource, link, bare


def version(site: Site, resource: Resource, number: int, data: bytes, run_id: str, *, state: str = "published") -> Version:
    """A version of a file whose bytes are kept."""
    return Version(resource_id=resource.id, number=number, state=state, created=site.clock.now() - timedelta(days=10 - number),
                   sha256=site.files.put_bytes(data), size=len(data), filename=f"tuyến xe buýt {number}.csv", format="CSV", media_type="text/html",
                   encoding="utf-8", rows=2, run_id=run_id)


REPORT = {
    "valid": False, "stats": {"errors": 2}, "tasks": [{
        "valid": False, "name": "tuyen", "labels": ["ma_tuyen", "so_cccd"],
        "errors": [
            {"type": "type-error", "message": f"{HOSTILE} is wrong", "note": f"type is date {HOSTILE}", "cells": ["01", "079201001234"],
             "rowNumber": 2, "fieldName": "ma_tuyen", "fieldNumber": 1, "cell": f"x{HOSTILE}"},
            {"type": "constraint-error", "message": 'The cell "079201001234" is wrong', "note": "pattern", "cells": ["01", "079201001234"],
             "rowNumber": 2, "fieldName": "so_cccd", "fieldNumber": 2, "cell": "079201001234"},
        ],
    }],
    "haidang": {"issues": [
        {"code": "no-such-code", "place": {"column": "A", "field": "ma_tuyen"},
         "facts": {"count": 1, "cells": ["A2", HOSTILE], "example": f"mẫu {HOSTILE} 079201001234", "proposal": "01"}},
    ]},
}
