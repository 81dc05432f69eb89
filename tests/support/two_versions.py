"""A resource of a public dataset with two published versions that have tables, a third one that was refused, and another resource as noise."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from catalog.models import Resource, Version
from catalog.site import Site
from support.published import sow

FIRST = {"ma_dia_diem": ["01", "02", "03"], "ten": ["Chợ A", "Chợ B <script>", "Chợ C"], "dien_tich": [10.5, 20.0, None], "ghi_chu": ["x", "y", "z"]}
SECOND = {"ma_dia_diem": ["01", "02", "04"], "ten": ["Chợ A", "Chợ B mới", "=Chợ D"], "dien_tich": [10.5, None, 7.0], "nam": [2024, 2024, 2024]}
SECRET = {"ma_dia_diem": ["99"], "ten": ["bi-mat-31"], "dien_tich": [1.0], "nam": [1]}


@dataclass(frozen=True, slots=True, kw_only=True)
class Versions:
    """What was made, by id."""

    dataset: str
    resource: str
    other: str


def two_versions(site: Site, folder: Path) -> Versions:
    """Put it all in; version 1 is FIRST, version 2 SECOND and live, version 3 SECRET and refused, version 4 published without a table."""
    sown = sow(site, folder)
    with site.writing() as session:
        chosen = session.get_one(Resource, sown.link)
        chosen.name, chosen.url_type = "Chợ", "upload"
        for number, (columns, state) in enumerate(((FIRST, "published"), (SECOND, "published"), (SECRET, "refused"), ({}, "published")), start=1):
            session.add(_version(site, chosen, number, columns, state, folder))
            session.flush()
        chosen.version_id = session.query(Version).filter_by(resource_id=chosen.id, number=2).one().id
    return Versions(dataset=sown.dataset, resource=sown.link, other=sown.resource)


def _version(site: Site, resource: Resource, number: int, columns: dict[str, list], state: str, folder: Path) -> Version:
    data = f"{number}\n".encode()
    made = Version(resource_id=resource.id, number=number, state=state, created=site.clock.now(), sha256=site.files.put_bytes(data), size=len(data),
                   filename="cho.csv", format="CSV", rows=3, fields=list(columns))
    if columns:
        fields = [pa.field(name, pa.array(values).type, metadata={"title": name}) for name, values in columns.items()]
        path = folder / f"v{number}.parquet"
        pq.write_table(pa.table([pa.array(values) for values in columns.values()], schema=pa.schema(fields)), path)
        made.table_sha256, made.table_size = site.files.put(path), path.stat().st_size
    return made
