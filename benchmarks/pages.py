"""Server time of the pages with 5,000 datasets: the median of many requests, without the network."""

from __future__ import annotations

import statistics
import time

from support.seeding import add_agency

from catalog.actions.client import LocalCatalogue
from catalog.actions.context import Context
from catalog.models import Dataset, new_id
from catalog.names import slug
from catalog.site import Site
from web import create_app

COUNT, ROUNDS = 5_000, 60
WORDS = ("giá đất", "cơ sở khám bệnh", "trường học", "nước biển", "tuyến xe buýt", "chợ", "dự án đầu tư", "hồ sơ thủ tục")


def bench(site: Site, kind: str) -> None:
    """Print the median and the 95th percentile of each page, in milliseconds."""
    _fill(site)
    client = create_app(site).test_client()
    for name, addresses in (
        ("home", ["/"]),
        ("search", [f"/dataset?q={word}" for word in WORDS] + ["/dataset", "/dataset?q=du+lieu&page=3"]),
        ("dataset", [f"/dataset/{_name(n)}" for n in range(0, COUNT, 97)]),
        ("participation", ["/participation"]),
    ):
        client.get(addresses[0])  # the first request fills what is kept between requests
        times = []
        for n in range(ROUNDS):
            started = time.perf_counter()
            answer = client.get(addresses[n % len(addresses)])
            times.append((time.perf_counter() - started) * 1000)
            assert answer.status_code == 200, (addresses[n % len(addresses)], answer.status_code)
        print(f"{kind:12} page {name:14} median {statistics.median(times):6.1f} ms   p95 {sorted(times)[int(ROUNDS * 0.95)]:6.1f} ms")


def _name(number: int) -> str:
    return slug(f"{WORDS[number % len(WORDS)]} {number}")


def _fill(site: Site) -> None:
    with site.writing() as session:
        agencies = [add_agency(site, session, f"co-quan-{n}") for n in range(29)]
        client = LocalCatalogue(Context(site=site, session=session, user="pipeline", may_write=True))
        for number in range(COUNT):
            client.call_action("package_create", {
                "id": new_id(), "name": _name(number), "title": f"Bảng {WORDS[number % len(WORDS)]} số {number}", "notes": "Số liệu theo quý. " * 20,
                "owner_org": agencies[number % 29].id, "license_id": "cc-by", "tags": [{"name": "số liệu"}, {"name": WORDS[number % len(WORDS)]}],
                "groups": [], "extras": [], "resources": [{"id": new_id(), "name": "CSV", "format": "CSV", "url": f"https://example.org/{number}.csv"}],
            })
        assert session.get(Dataset, "none") is None
