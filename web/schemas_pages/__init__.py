"""The registry of Table Schemas: what a table of each kind must look like, with files to start from."""

from __future__ import annotations

import json
import re

from flask import Blueprint, Response, abort, current_app, render_template

import schemas
from catalog.addresses import datasets_of_schema
from schemas import TableSchema
from web.datasets import downloads
from web.datasets.prose import scrollable
from web.dictionary import in_words
from web.words import language

bp = Blueprint("schemas_pages", __name__)

FILES = {"schema.json": "json", "valid.csv": "csv", "invalid.csv": "csv"}


@bp.get("/schema")
def index() -> str:
    """Every schema: what it is for, who uses it, how many columns."""
    return render_template("schemas/index.html", schemas=schemas.all_schemas())


def _schema(name: str) -> TableSchema:
    return schemas.load(name) if name in schemas.names() else abort(404)


@bp.get("/schema/<name>")
def show(name: str) -> str:
    """One schema: its columns in words, the rules, samples to start from, and the datasets that follow it."""
    schema = _schema(name)
    site = current_app.extensions["haidang"]
    with site.reading() as session:
        followers = datasets_of_schema(session, name)
    return render_template(
        "schemas/show.html", schema=schema, dictionary=in_words(schema.descriptor, language()), followers=followers,
        expected=_expected(schema), scrollable=scrollable, readme=_guide(schema),
        files={file: (schema.folder / file).stat().st_size for file in FILES if (schema.folder / file).is_file()},
    )


def _guide(schema: TableSchema) -> str:
    """The schema's README without its title, which the page says already."""
    return re.sub(r"\A# .*\n+", "", schema.readme.read_text("utf-8")) if schema.readme.is_file() else ""


def _expected(schema: TableSchema) -> list[tuple[int | None, str | None, str]]:
    return schema.expected_errors() if (schema.folder / "expected.json").is_file() else []


@bp.get("/schema/<name>/<file>")
def download(name: str, file: str) -> Response:
    """The schema itself, a table that keeps it, or one with mistakes."""
    schema = _schema(name)
    if file not in FILES or not (schema.folder / file).is_file():
        abort(404)
    data = (schema.folder / file).read_bytes()
    if file == "schema.json":
        data = json.dumps(schema.descriptor, ensure_ascii=False, indent=2).encode()
    return downloads.document(data, kind=FILES[file], name=f"{name}-{file}" if file != "schema.json" else f"{name}.json")
