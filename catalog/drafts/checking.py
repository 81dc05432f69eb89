"""What is in a file that somebody has sent: read, checked and screened as a harvest does it, with what mends it made ready."""

from __future__ import annotations

import csv
import tempfile
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path, PurePosixPath
from typing import Any

from catalog.drafts import asking
from catalog.drafts.deciding import schema_of
from catalog.drafts.describing import describe
from catalog.drafts.keeping import bytes_of
from catalog.drafts.picturing import picture
from catalog.drafts.telling import described, telling
from catalog.errors import Trouble
from catalog.files import Files
from catalog.issues import Issue, Place
from catalog.models import UploadDraft
from catalog.reading.grid import letter
from catalog.site import Site
from catalog.tables.source import TableSource
from catalog.validation import Verdict, check
from catalog.validation.in_text import without_identifiers
from catalog.validation.layout import Layout
from catalog.validation.privacy import MASK
from catalog.validation.repair import Repair, write_marked
from catalog.validation.surroundings import NOWHERE
from catalog.validation.told import Told

LISTED = 20_000  # errors of each kind whose cells are marked; all are counted
OFTEN = 2.0  # seconds between two words on how far it is


def perform(site: Site, draft_id: str) -> None:
    """Check a draft's file and write down what was found; done again, it finds the same. Nothing is done for a draft that is gone.

    What mends the file lies beside it afterwards (`made`): the corrected file and the marked workbook. The file itself stays as it was.
    """
    with site.writing() as session:
        draft = session.get(UploadDraft, draft_id)
        before = session.get(UploadDraft, draft.before_id) if draft is not None and draft.before_id else None
        if draft is None:
            return
        draft.state = "running"
    state: str
    found: dict[str, Any]
    try:
        state, found = "done", _look(site, draft, before)
    except Trouble as trouble:
        state, found = "failed", {"answer": {"issue": trouble.issue.to_dict()}}
    if not _finish(site, draft_id, state, found):  # discarded meanwhile: nothing of it stays
        made = found["answer"].get("made") or {}
        for key in {found.get("sha256"), *(file["sha256"] for file in made.values())} - {None, ""}:
            bytes_of(site, draft.thread).forget(key)


def give_up(site: Site, draft_id: str, reference: str) -> None:
    """Write down that a fault of ours broke the check, under the reference that stands in the log."""
    _finish(site, draft_id, "failed", {"answer": {"reference": reference}})


def _finish(site: Site, draft_id: str, state: str, found: Mapping[str, Any]) -> bool:
    """Write down what was found; False where the draft is gone."""
    with site.writing() as session:
        if (draft := session.get(UploadDraft, draft_id)) is not None:
            draft.state, draft.finished_at = state, site.clock.now()
            for name, value in found.items():
                setattr(draft, name, value)
        return draft is not None


def _look(site: Site, draft: UploadDraft, before: UploadDraft | None) -> dict[str, Any]:
    """What the row says afterwards: `sha256`, `size` and the `answer` that its pages show."""
    files = bytes_of(site, draft.thread)
    with tempfile.TemporaryDirectory(prefix="haidang-draft-") as name:
        folder = Path(name)
        path, found = folder / "file", {"sha256": draft.sha256, "size": draft.size}
        if "without" in draft.asked:
            _make(files, before, draft.asked, path)
            found = {"sha256": files.put(path), "size": path.stat().st_size}
        else:
            files.copy(draft.sha256, path)
            if asking.read_as(path, draft.asked.get("encoding", ""), folder / "utf-8"):
                found = {"sha256": files.put(path), "size": path.stat().st_size}
        with site.reading() as session:
            told = telling(session, draft)
        verdict = _checked(path, draft, told.told, _progress(site, draft.id))
        answers = asking.letters_answered(verdict, draft.asked)
        answer = {**describe(verdict, told.columns, answers), **described(told, verdict, draft.asked), "picture": picture(verdict), "letters": asking.letters(verdict, path)}
        return {**found, "answer": {**answer, "made": _mending(files, verdict, draft, folder, answers, told.told)}}


def _checked(path: Path, draft: UploadDraft, told: Told, progress: Callable[[int], None]) -> Verdict:
    """The check of the file; where columns of it were left out or masked by decision, under what still applies of the schema."""
    less = schema_of(draft.asked)
    verdict = check(path, filename=draft.filename, schema=less[1] if less else draft.asked.get("schema") or None, keep=LISTED, progress=progress, told=told)
    return replace(verdict, schema=less[0]) if less else verdict


def _progress(site: Site, draft_id: str) -> Callable[[int], None]:
    """Writes down how many rows have been checked, every few seconds."""
    last = time.monotonic()

    def told(rows: int) -> None:
        nonlocal last
        if time.monotonic() - last < OFTEN:
            return
        last = time.monotonic()
        with site.writing() as session:
            if (draft := session.get(UploadDraft, draft_id)) is not None:
                draft.rows = rows

    return told


def _mending(files: Files, verdict: Verdict, draft: UploadDraft, folder: Path, answers: Mapping[str, list[str]], told: Told) -> dict[str, Any]:
    """The corrected file, and for one with errors the marked workbook, kept: {"sha256", "size", "filename", "cells"} each.

    The corrected file that a person's answers had a part in is checked again at once: how many "errors" it still has.
    """
    stem, made = PurePosixPath(draft.filename).stem, {}
    if verdict.faulty is not None and verdict.faulty.layout.labels:
        marked, lang = folder / "marked.xlsx", draft.asked.get("lang", "vi")
        cells = write_marked(verdict.faulty, marked, lang)
        made["marked"] = _kept(files, marked, f"{stem}-{'loi' if lang == 'vi' else 'errors'}.xlsx", cells)
        made["corrected"] = {**_corrected(files, folder, f"{stem}-da-sua.csv", Repair(verdict.faulty, answers).write_csv), **_where(verdict.faulty.layout)}
        if answers:
            after = check(folder / "corrected.csv", filename=f"{stem}.csv", schema=draft.asked.get("schema") or verdict.schema, keep=LISTED, told=told.of_one_sheet())
            made["corrected"] |= {"state": after.state, "errors": after.errors}
    elif verdict.table is not None and verdict.state == "held":
        made["corrected"] = {**_corrected(files, folder, f"{stem}.csv", lambda out: _write_table(verdict.table, out)), "left": verdict.left}
    return made


def _corrected(files: Files, folder: Path, filename: str, write: Callable[[Any], int]) -> dict[str, Any]:
    path = folder / "corrected.csv"
    with path.open("w", encoding="utf-8-sig", newline="") as out:  # Excel knows the letters by the mark
        cells = write(out)
    return _kept(files, path, filename, cells)


def _where(layout: Layout) -> dict[str, Any]:
    """Where the table is in a file that has every row of the sheet: its header's last row, and the spans of rows that are no data."""
    apart: list[list[int]] = []
    for row in layout.skipped:
        if apart and apart[-1][1] == row - 1:
            apart[-1][1] = row
        else:
            apart.append([row, row])
    return {"header": layout.header_row, "apart": apart}


def _kept(files: Files, path: Path, filename: str, cells: int) -> dict[str, Any]:
    return {"sha256": files.put(path), "size": path.stat().st_size, "filename": filename, "cells": cells}


def _write_table(table: TableSource, out: Any) -> int:
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow([column.title for column in table.columns])
    for row in table.rows():
        writer.writerow(["" if cell is None else cell for cell in row])
    return 0


def _make(files: Files, before: UploadDraft | None, asked: Mapping[str, Any], target: Path) -> None:
    """Write the table of the corrected file of the draft before, without some columns, others masked or under other names; all are told by
    their letters. Its header is one row with the labels that the page shows, and rows that are no data are left out.

    Trouble `file-missing` where there is no corrected file.
    """
    corrected = ((before.answer or {}).get("made") or {}).get("corrected") if before is not None else None
    if corrected is None:
        raise Trouble(Issue("file-missing", Place(file=before.filename if before else "")))
    source, without, names = target.with_name("source.csv"), set(asked["without"]), asked.get("names") or {}
    files.copy(corrected["sha256"], source)
    with source.open(encoding="utf-8-sig", newline="") as read, target.open("w", encoding="utf-8", newline="") as out:
        rows, writer = enumerate(csv.reader(read), start=1), csv.writer(out, lineterminator="\n")
        header = corrected.get("header", 1)
        head = next(row for number, row in rows if number == header)
        labels = {column["letter"]: column.get("after") or column["label"] for column in before.answer["columns"]}
        letters = [letter(number) for number in range(1 + corrected.get("left", 0), len(head) + 1 + corrected.get("left", 0))]
        head = [labels.get(mark, text) for mark, text in zip(letters, head, strict=True)]
        head = list(map(without_identifiers, head)) if any(one["column"] == NOWHERE for one in asked.get("decided", ())) else head
        kept = [number for number, mark in enumerate(letters) if mark not in without]
        hidden = {number for number, mark in enumerate(letters) if mark in asked.get("masked", ())}
        writer.writerow([names.get(letters[number]) or head[number] for number in kept])
        for number, row in rows:
            if any(first <= number <= last for first, last in corrected.get("apart", ())):
                continue
            writer.writerow([MASK if number in hidden and row[number].strip() else row[number] for number in kept if number < len(row)] + row[len(head):])
