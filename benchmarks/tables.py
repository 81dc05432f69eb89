"""Server time of asking one table of 100,000 rows, beside a bare Flask that says hello."""

from __future__ import annotations

import json
import random
import statistics
import tempfile
import time
from pathlib import Path
from urllib.parse import urlencode

import pyarrow as pa
import pyarrow.parquet as pq
from flask import Flask
from flask.testing import FlaskClient
from support.seeding import add_agency

from catalog.models import Dataset, Resource, Version, new_id
from catalog.site import Site
from web import create_app

ROWS, ROUNDS = 100_000, 40
WORDS = ("trạm", "đường", "chợ", "trường", "bệnh viện", "cầu", "bến xe", "nhà máy", "hồ", "xã")


def bench(site: Site, kind: str) -> None:
    """Print the median and the 95th percentile of each question, in milliseconds."""
    client = create_app(site).test_client()
    resource_id = table_of_rows(site)
    search, own = f"/api/3/action/datastore_search?resource_id={resource_id}&", f"/api/v1/tables/{resource_id}?"
    hello = Flask("hello")
    hello.add_url_rule("/", view_func=lambda: "hello")
    began = time.perf_counter()
    client.get(search)
    print(f"{kind:12} table of {ROWS:,} rows made ready in {time.perf_counter() - began:.2f} s", flush=True)
    _time(kind, "bare Flask hello", hello.test_client(), "/")
    for name, address in (
        ("first 100 rows", f"{search}limit=100"),
        ("filtered, 100 rows", search + urlencode({"limit": 100, "filters": json.dumps({"vung": "Bắc", "so": {"gte": 500}})})),
        ("words, 100 rows", search + urlencode({"limit": 100, "q": "truong cau"})),
        ("grouped", own + urlencode({"group": "vung,loai", "aggregate": "count,sum:so"})),
    ):
        _time(kind, name, client, address)


def _time(kind: str, name: str, client: FlaskClient, address: str) -> None:
    times = []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        answer = client.get(address)
        times.append((time.perf_counter() - began) * 1000)
        assert answer.status_code == 200, (address, answer.status_code)
    print(f"{kind:12} table {name:20} median {statistics.median(times):6.1f} ms   p95 {sorted(times)[int(ROUNDS * 0.95)]:6.1f} ms", flush=True)


def table_of_rows(site: Site) -> str:
    """A dataset with a published table of 100,000 rows; returns the id of its resource."""
    chance = random.Random(7)
    columns = {"so": [chance.randrange(1000) for _ in range(ROWS)], "vung": [chance.choice(("Bắc", "Nam", "Đông", "Tây")) for _ in range(ROWS)],
               "loai": [chance.choice(WORDS) for _ in range(ROWS)], "ghi_chu": [" ".join(chance.sample(WORDS, 3)) for _ in range(ROWS)]}
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "t.parquet"
        pq.write_table(pa.table(columns), path, compression="zstd")
        sha256, size = site.files.put(path), path.stat().st_size
    with site.writing() as session:
        now = site.clock.now()
        agency = add_agency(site, session, "co-quan-bang")
        dataset = Dataset(name="bang-lon", title="Bảng lớn", owner_org=agency.id, metadata_created=now, metadata_modified=now)
        resource = Resource(id=new_id(), name="Bảng", format="CSV", created=now, metadata_modified=now)
        dataset.resources.append(resource)
        session.add(dataset)
        session.flush()
        version = Version(id=new_id(), resource_id=resource.id, number=1, state="published", created=now, sha256=sha256, size=size, filename="t.csv",
                          table_sha256=sha256, table_size=size, rows=ROWS)
        session.add(version)
        resource.version_id = version.id
        return resource.id
