"""Writes the files that the agencies of the demonstration offer, the same bytes every time.

Real tables are copied; all others are made up from a fixed seed. Each table has random numbers of its own, so that
a new dataset changes no other. Files get the time of their dataset, which servers say as Last-Modified.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import uuid
from datetime import UTC, datetime
from pathlib import Path
from random import Random

import schemas
from demo.content.ask import Ask
from demo.content.builders import BUILDERS
from demo.content.society import STREETS
from demo.places import communes
from demo.province import DEMO, LICENCE, NAMESPACE, DemoDataset, DemoSource, sources
from demo.writers import FORMS, Table, csv_bytes

SEED = 1862  # the year in which the lighthouse of Vũng Tàu was lit
MARK = ".made-from"
PERIODS = {"daily": "R/P1D", "weekly": "R/P1W", "monthly": "R/P1M", "quarterly": "R/P3M", "biannual": "R/P6M", "annual": "R/P1Y", "irregular": "irregular", "once": "irregular"}
NOT_FOUND = '<!doctype html>\n<html lang="vi"><head><meta charset="utf-8"><title>Lỗi</title></head><body><h1>Trang bạn tìm chưa có</h1><p>Vui lòng quay lại trang chủ.</p></body></html>\n'


def generate(folder: Path) -> bool:
    """Write everything into `folder`; False when it already holds what would be written."""
    mark = fingerprint()
    if (folder / MARK).is_file() and (folder / MARK).read_text("ascii") == mark:
        return False
    fresh = folder.with_name(folder.name + ".new")
    shutil.rmtree(fresh, ignore_errors=True)
    for source in sources():
        _write_source(fresh, source)
    (fresh / MARK).write_text(mark, "ascii")
    shutil.rmtree(folder, ignore_errors=True)
    fresh.rename(folder)
    return True


def fingerprint() -> str:
    """The SHA-256 of all that the files are made from: this package and the schemas."""
    digest = hashlib.sha256()
    inputs = [path for root in (DEMO, schemas.ROOT) for path in sorted(root.rglob("*")) if path.suffix in (".py", ".toml", ".csv", ".json")]
    for path in inputs:
        digest.update(path.name.encode() + path.read_bytes())
    return digest.hexdigest()


def table(dataset: DemoDataset) -> Table:
    """The made-up table of one dataset, in the columns of its schema."""
    if dataset.contents == "notaries":
        return _notaries(dataset)
    labels = [field["name"] for field in schemas.load(dataset.schema).fields]
    ask = Ask(random=_random(dataset), day=dataset.modified, district=dataset.district, wishes=dataset.wishes)
    rows = []
    for row in BUILDERS[dataset.schema](ask):
        if strange := set(row) - set(labels):
            raise KeyError(f"{dataset.schema} has no column {', '.join(sorted(strange))}")
        rows.append([row.get(label) for label in labels])
    return Table(labels=labels, rows=rows, title=dataset.title)


def _random(dataset: DemoDataset) -> Random:
    return Random(f"{SEED}/{dataset.key}")  # noqa: S311 - made-up figures, not secrets


def _notaries(dataset: DemoDataset) -> Table:
    """Notarial offices with numbers that look like citizens' identity numbers and can be nobody's.

    The number says sex, century and year of birth (Circular 59/2021/TT-BCA); these say births after 2080.
    """
    random = _random(dataset)
    rows = []
    for number, place in enumerate([place for place in communes() if place.name.startswith(("Phường", "Thị trấn"))], start=1):
        identity = f"077{random.choice('23')}{random.randint(81, 99)}{random.randint(0, 999999):06d}"
        rows.append([f"VPCC-{number:02d}", f"Văn phòng công chứng {place.short} số {number}", f"Số {random.randint(1, 300)} đường {random.choice(STREETS)}, {place.name}", place.code, identity, dataset.modified])
    return Table(labels=["ma_to_chuc", "ten_to_chuc", "dia_chi", "ma_don_vi_hanh_chinh", "so_cccd_truong_van_phong", "ngay_cap_nhat"], rows=rows, title=dataset.title)


def contents(dataset: DemoDataset) -> dict[str, bytes]:
    """Form -> bytes of each file of a dataset."""
    if dataset.facts:
        path = schemas.ROOT / dataset.facts.removeprefix("schemas/") if dataset.facts.startswith("schemas/") else DEMO / dataset.facts
        return {"csv": path.read_bytes()}
    if dataset.contents == "pdf":
        return {"pdf": _pdf(dataset.en)}
    made = table(dataset)
    return {name: FORMS[name].write(made) for name in dataset.forms}


def _pdf(text: str) -> bytes:
    """A PDF of one line, as scanned reports are: nothing in it is a table."""
    stream = f"BT /F1 18 Tf 72 720 Td ({text}) Tj ET".encode("ascii")
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>",
        b"<</Length %d>>stream\n%s\nendstream" % (len(stream), stream), b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    ]
    body, places = b"%PDF-1.4\n", []
    for number, each in enumerate(objects, start=1):
        places.append(len(body))
        body += b"%d 0 obj%s\nendobj\n" % (number, each)
    table_of_places = b"".join(b"%010d 00000 n \n" % place for place in places)
    return body + b"xref\n0 6\n0000000000 65535 f \n%strailer<</Size 6/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (table_of_places, len(body))


def _write_source(folder: Path, source: DemoSource) -> None:
    """The files of one source, and what its server says of them."""
    home = folder / source.folder
    home.mkdir(parents=True, exist_ok=True)
    for dataset in source.datasets:
        if dataset.trouble == "missing-file":
            continue
        for form, data in contents(dataset).items():
            name = f"{source.stem(dataset)}.{FORMS[form].extension if form in FORMS else form}"
            _write(home / name, data, dataset.moment)
    agency = folder / source.agency
    newest = max((dataset.moment for dataset in source.datasets), default=datetime(2024, 9, 27, 1, tzinfo=UTC))
    if source.agency == "so-xd":
        _write(agency / "data.json", NOT_FOUND.encode(), newest)
    elif source.agency == "ubnd-dat-do":
        _write(agency / "503", b"", newest)
    elif source.connector == "ckan":
        _write(agency / "ckan.json", _json({"packages": [_package(source, dataset) for dataset in source.datasets]}), newest)
    elif source.connector == "dcat-us":
        _write(agency / "data.json", _json(_data_json(source)), newest)
    elif source.connector == "directory":
        _write(home / "metadata.csv", csv_bytes(_sidecar(source)), newest)


def _sidecar(source: DemoSource) -> Table:
    """The table with which an agency describes the files of a folder."""
    rows = [[f"{source.stem(dataset)}.{FORMS[form].extension}", dataset.title, dataset.en, dataset.description, ", ".join(dataset.keywords), dataset.theme, dataset.promised, dataset.schema]
            for dataset in source.datasets for form in dataset.forms]
    return Table(labels=["file", "title", "title_en", "description", "tags", "theme", "frequency", "schema"], rows=rows)


def _write(path: Path, data: bytes, moment: datetime) -> None:
    path.write_bytes(data)
    os.utime(path, (moment.timestamp(), moment.timestamp()))


def _json(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, indent=1).encode()


def _files(source: DemoSource, dataset: DemoDataset) -> list[dict[str, str]]:
    """Word, media type and address of each file, for a catalogue's own words."""
    if dataset.contents == "pdf":
        return [{"word": "PDF", "media_type": "application/pdf", "url": f"{{base}}/{source.folder}/{source.stem(dataset)}.pdf"}]
    return [{"word": form.word, "media_type": form.media_type, "url": f"{{base}}/{source.folder}/{name}"} for form, name in dataset.file_names(source.stem(dataset))]


def _package(source: DemoSource, dataset: DemoDataset) -> dict[str, object]:
    """The dataset as CKAN's package_show tells it."""
    moment = f"{dataset.moment.astimezone(UTC):%Y-%m-%dT%H:%M:%S}"
    identifier = str(uuid.uuid5(NAMESPACE, f"{source.name}/{dataset.key}"))
    extras = {"title_en": dataset.en, "frequency": dataset.promised, "modified": moment, "illustrative": str(dataset.illustrative).lower()}
    return {
        "id": identifier, "name": dataset.key, "title": dataset.title, "notes": dataset.description, "license_id": LICENCE, "type": "dataset", "state": "active", "private": False,
        "author": "", "maintainer": "", "url": "", "version": "", "metadata_created": "2023-11-01T02:00:00", "metadata_modified": moment,
        "organization": {"name": source.agency, "title": source.title}, "groups": [{"name": dataset.theme}],
        "tags": [{"name": word, "display_name": word} for word in dataset.keywords], "num_tags": len(dataset.keywords), "num_resources": len(dataset.forms),
        "extras": [{"key": key, "value": value} for key, value in extras.items()],
        "resources": [{
            "id": str(uuid.uuid5(NAMESPACE, f"{source.name}/{dataset.key}/{file['word']}")), "package_id": identifier, "position": position, "name": f"{dataset.title} ({file['word']})",
            "description": "", "format": file["word"], "mimetype": file["media_type"], "url": file["url"], "created": "2023-11-01T02:00:00", "last_modified": moment, "state": "active",
            "schema": dataset.schema or "",
        } for position, file in enumerate(_files(source, dataset))],
    }


def _data_json(source: DemoSource) -> dict[str, object]:
    """All datasets as a DCAT-US 1.1 catalogue."""
    return {
        "@context": "https://project-open-data.cio.gov/v1.1/schema/catalog.jsonld", "@type": "dcat:Catalog", "conformsTo": "https://project-open-data.cio.gov/v1.1/schema",
        "dataset": [{
            "@type": "dcat:Dataset", "identifier": dataset.key, "title": dataset.title, "description": dataset.description, "keyword": dataset.keywords, "theme": [dataset.theme], "language": ["vi"],
            "modified": dataset.modified.isoformat(), "issued": "2023-11-01", "accrualPeriodicity": PERIODS[dataset.promised], "accessLevel": "public", "license": LICENCE, "title_en": dataset.en,
            "publisher": {"@type": "org:Organization", "name": source.title}, "contactPoint": {"@type": "vcard:Contact", "fn": "Đầu mối dữ liệu mở", "hasEmail": "mailto:dulieumo@example.gov.vn"},
            "distribution": [_distribution(dataset, file) for file in _files(source, dataset)],
        } for dataset in source.datasets],
    }


def _distribution(dataset: DemoDataset, file: dict[str, str]) -> dict[str, str]:
    address = {"accessURL": file["url"]} if file["word"] == "PDF" else {"downloadURL": file["url"], "describedBy": f"/schema/{dataset.schema}", "describedByType": "application/schema+json"}
    return {"@type": "dcat:Distribution", "title": f"{dataset.title} ({file['word']})", "format": file["word"], "mediaType": file["media_type"], **address}
