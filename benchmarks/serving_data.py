"""Made-up datasets written straight into the store, as many as are wanted, so that a catalogue of a million is there in minutes."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import timedelta

from sqlalchemy import insert, text
from support.seeding import add_agency

from catalog.actions.context import Context
from catalog.actions.group_write import group_create
from catalog.models import Change, Dataset, Evidence, Resource
from catalog.names import slug
from catalog.site import Site
from catalog.tokens import add_token

COUNT, AGENCIES, BATCH = 5_000, 29, 5_000
WORDS = ("giá đất", "cơ sở khám bệnh", "trường học", "nước biển", "tuyến xe buýt", "chợ", "dự án đầu tư", "hồ sơ thủ tục")
THEMES = ("y-te", "giao-duc", "moi-truong", "giao-thong", "kinh-te")
PLACES = ("Vũng Tàu", "Bà Rịa", "Phú Mỹ", "Châu Đức", "Xuyên Mộc", "Long Điền", "Đất Đỏ", "Côn Đảo")
_FORMATS = ("CSV", "XLSX", "JSON", "GeoJSON", "PDF")
_SYLLABLES = ("an", "bình", "cảnh", "dân", "đông", "giang", "hải", "khánh", "lâm", "minh", "nam", "phong", "quang", "sơn", "tân", "thủy", "trung", "vân")


def name_of(number: int) -> str:
    """The name of a dataset in addresses."""
    return slug(f"{WORDS[number % len(WORDS)]} {number}")


def fill(site: Site, datasets: int = COUNT) -> None:
    """Agencies, themes and datasets, each dataset with two files and what is known of it, noted in the change log."""
    with site.writing() as session:
        agencies = [add_agency(site, session, f"co-quan-{n}").id for n in range(AGENCIES)]
        for name in THEMES:
            group_create(Context(site=site, session=session, user="pipeline", may_write=True), {"name": name, "title": f"Chủ đề {name}"})
    for start in range(0, datasets, BATCH):
        numbers = range(start, min(start + BATCH, datasets))
        with site.writing() as session:
            session.execute(insert(Dataset.__table__), [_dataset(site, n, agencies) for n in numbers])
            session.execute(insert(Resource.__table__), [row for n in numbers for row in _resources(site, n)])
            session.execute(insert(Evidence.__table__), [row for n in numbers for row in _evidence(site, n, agencies)])
            session.execute(insert(Change.__table__), [{"dataset_id": id_of(n), "at": site.clock.now()} for n in numbers])
    with site.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("ANALYZE" if site.engine.dialect.name == "sqlite" else "VACUUM ANALYZE"))


def token(site: Site) -> str:
    """The secret of a program that may write."""
    with site.writing() as session:
        return add_token(session, "benchmark", site.clock.now()).secret


def id_of(number: int, kind: int = 0) -> str:
    """The id of a dataset, or of one of its files by its place from 1."""
    return f"{number:08x}-0000-4000-8{kind:03d}-000000000000"


def _dataset(site: Site, number: int, agencies: list[str]) -> dict:
    chance = random.Random(number)
    rare = "".join(chance.choices(_SYLLABLES, k=3))
    topic, at = WORDS[number % len(WORDS)], site.clock.now() - timedelta(minutes=number)
    return {
        "id": id_of(number), "name": name_of(number), "title": f"Bảng {topic} {chance.choice(PLACES)} {rare} số {number}", "title_en": "", "state": "active",
        "notes": f"Số liệu về {topic} theo quý của {chance.choice(PLACES)}. " * 12, "url": "", "version": "", "author": "", "author_email": "", "type": "dataset",
        "maintainer": "", "maintainer_email": "", "license_id": ("cc-by", "cc-zero", "odc-by")[number % 3], "private": False, "illustrative": False,
        "owner_org": agencies[number % AGENCIES], "published_by": agencies[number % AGENCIES], "frequency": ("monthly", "quarterly", "annual")[number % 3],
        "tags": ["số liệu", topic, chance.choice(PLACES)], "groups": [THEMES[number % len(THEMES)]],
        "extras": [{"key": f"khoa_{n}", "value": f"giá trị {number % 50}"} for n in range(4)], "metadata_created": at, "metadata_modified": at,
    }


def _resources(site: Site, number: int) -> Iterator[dict]:
    at = site.clock.now()
    for position in range(2):
        form = _FORMATS[0] if position == 0 else _FORMATS[number % len(_FORMATS)]
        yield {"id": id_of(number, position + 1), "dataset_id": id_of(number), "position": position, "state": "active", "name": f"Bảng {form}", "format": form,
               "description": "Mỗi dòng là một đơn vị.", "url": f"https://example.org/{number}.{form.lower()}", "hash": "", "extras": {}, "created": at,
               "metadata_modified": at}


def _evidence(site: Site, number: int, agencies: list[str]) -> Iterator[dict]:
    since = site.clock.now()
    for kind in ("valid", "current"):
        yield {"kind": kind, "state": "ok", "since": since, "agency_id": agencies[number % AGENCIES], "dataset_id": id_of(number), "facts": {}}
