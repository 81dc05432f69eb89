"""`haidang validate`: is this file what its schema says?"""

from __future__ import annotations

import json
import re
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

import click

if TYPE_CHECKING:
    from catalog.commands.progress import Seen
    from catalog.validation import Verdict
    from catalog.validation.repair import Repair
    from catalog.validation.told import Told

MARKED = 100_000  # errors that are looked for to mark their cells
_STATES = {
    "vi": {"valid": "Đạt", "invalid": "Chưa đạt", "held": "Giữ lại, cần người quyết định", "unchecked": "Chưa kiểm tra: tệp không phải bảng"},
    "en": {"valid": "Valid", "invalid": "Not valid", "held": "Held: a person must decide", "unchecked": "Not checked: the file is no table"},
}


def add_to(group: click.Group) -> None:
    """Add the verb to the command group."""
    group.add_command(validate)


@click.command()
@click.argument("file")
@click.option("--schema", help="Tên lược đồ, tệp hoặc URL · Name of a schema, a file or a URL.")
@click.option("--sheet", help="Trang tính có bảng · The sheet that holds the table.")
@click.option("--header", metavar="4-5", help="Các dòng tên cột, như Excel đếm · The header rows, as Excel counts them.")
@click.option("--data", metavar="7-40", help="Dòng số liệu đầu và cuối · The first and the last row of data; 7- is to the end.")
@click.option("--json", "as_json", is_flag=True, help="In báo cáo Frictionless ra JSON · Print the Frictionless report as JSON.")
@click.option("--limit-errors", type=click.IntRange(1, 1_000_000), default=1000, show_default=True, help="Dừng sau chừng này lỗi · Stop after so many errors.")
@click.option("--encoding", help="Bảng mã đã khai của tệp · The declared encoding of the file.")
@click.option("--workbook", type=click.Path(dir_okay=False, path_type=Path), metavar="OUT.xlsx",
              help="Ghi sổ tính đã đánh dấu ô sai · Write a workbook with the wrong cells marked.")
@click.option("--corrected", type=click.Path(dir_okay=False, path_type=Path), metavar="OUT.csv",
              help="Ghi tệp đã sửa những ô chắc chắn · Write the file with what is certain repaired.")
@click.option("--answer", "answers", multiple=True, metavar="COLUMN=WORD",
              help="Trả lời một câu hỏi về cột, như F=dmy · Answer a question about a column, such as F=dmy.")
@click.option("--lang", type=click.Choice(["vi", "en"]), default="vi", show_default=True, help="Ngôn ngữ · Language.")
def validate(file: str, schema: str | None, as_json: bool, limit_errors: int, encoding: str | None, workbook: Path | None,
             corrected: Path | None, answers: tuple[str, ...], lang: str, sheet: str | None, header: str | None, data: str | None) -> None:
    """Kiểm tra một tệp hoặc URL theo lược đồ, từng ô một · Check a file or URL against a schema, cell by cell.

    Mã thoát · Exit code: 0 đạt · valid; 1 chưa đạt hoặc giữ lại · not valid or held; 2 cách gọi · usage; 130 dừng bằng Ctrl+C · stopped by Ctrl+C.
    """
    from catalog.commands.progress import shown

    wanted, told = _schema(schema), _told(sheet, header, data)
    most = max(limit_errors, MARKED) if workbook else limit_errors
    with ExitStack() as kept:  # what a URL gave, until it has been said and written what is to be mended
        with shown(file, lang, wanted=not as_json) as seen:
            verdict, filename = _checked(file, seen, kept, schema=wanted, encoding=encoding, limit_errors=most, told=told)
        repair = _repair(verdict, answers)
        if as_json:
            click.echo(json.dumps(_report(verdict, file, repair), ensure_ascii=False, indent=2))
        else:
            for line in (*_lines(verdict, filename, lang), *_questions(verdict, repair, lang)):
                click.echo(line)
        for line in _written(verdict, repair, workbook, corrected, lang):
            click.echo(line, err=True)
    raise SystemExit(0 if verdict.state == "valid" else 1)


def _checked(file: str, seen: Seen, kept: ExitStack, **asked: Any) -> tuple[Verdict, str]:
    """The verdict and the file's name: of the file where it is, or of what a URL gives, while it gives it. UsageError without a file.

    What comes from a URL is `kept` in a folder of its own.
    """
    from catalog.errors import UsageError
    from catalog.validation import check

    if not _is_url(file):
        path = Path(file)
        if not path.is_file():
            raise UsageError(f"Không thấy tệp {file}.", f"There is no file {file}.")
        return check(path, filename=path.name, progress=seen.reached, **asked), path.name
    from catalog.validation.on_arrival import Arrival

    name = unquote(Path(urlsplit(file).path).name) or "download"
    folder = kept.enter_context(tempfile.TemporaryDirectory(prefix="haidang-validate-"))
    return Arrival(fetch=partial(_net().download, file), path=Path(folder) / "download", filename=name, progress=seen.reached,
                   coming=seen.coming, **asked).verdict()


def _told(sheet: str | None, header: str | None, data: str | None) -> Told | None:
    """Where the table was said to be; None where nothing was said. UsageError for rows that cannot be read."""
    from catalog.errors import UsageError
    from catalog.validation.given_layout import GivenLayout
    from catalog.validation.told import Told

    if not (sheet or header or data):
        return None
    if data and not header:
        raise UsageError("Có --data thì phải có --header: tên cột ở dòng nào.", "With --data, --header must say which rows the header is.")
    top, bottom = _span("--header", header) if header else (None, None)
    first, last = _span("--data", data, to_the_end=True) if data else (None, None)
    return Told(layout=GivenLayout(sheet=sheet, header=(top, bottom or top) if top else None, first=first, last=last))


def _span(option: str, text: str, *, to_the_end: bool = False) -> tuple[int, int | None]:
    """The rows of `4-5` or `4`; with `to_the_end`, `7-` and `7` have no last one."""
    from catalog.errors import UsageError

    found = re.fullmatch(r"([1-9]\d{0,8})(-([1-9]\d{0,8})?)?", text.strip())
    if found is None or not to_the_end and found[2] == "-":
        raise UsageError(f"{option} {text}: ghi số dòng như Excel đếm, ví dụ 4-5.", f"{option} {text}: write row numbers as Excel counts them, such as 4-5.")
    return int(found[1]), int(found[3]) if found[3] else None


def _schema(given: str | None) -> str | dict[str, Any] | None:
    """A name on the registry as it is, or the descriptor in a file or behind a URL."""
    import schemas
    from catalog.errors import UsageError

    if given is None or given in schemas.names():
        return given
    if _is_url(given):
        descriptor = _net().get_json(given)
    elif Path(given).is_file():
        try:
            descriptor = json.loads(Path(given).read_text("utf-8-sig"))
        except ValueError as error:
            raise UsageError(f"Tệp lược đồ {given} chưa đúng JSON: {error}", f"The schema {given} is not JSON: {error}") from None
    else:
        names = ", ".join(schemas.names())
        raise UsageError(f"Không có lược đồ hay tệp nào tên {given}. Các lược đồ: {names}.", f"There is no schema or file named {given}. Schemas: {names}.")
    if not isinstance(descriptor, dict) or not isinstance(descriptor.get("fields"), list):
        raise UsageError(f"{given} chưa phải Table Schema: thiếu fields.", f"{given} is not a Table Schema: it has no fields.")
    return descriptor


def _net() -> Any:
    from catalog import settings
    from catalog.net import Net

    return Net(allow_hosts=settings.load().allow_hosts)


def _is_url(text: str) -> bool:
    return text.lower().startswith(("http://", "https://"))


def _repair(verdict: Verdict, answers: tuple[str, ...]) -> Repair | None:
    """The repair of a table that did not pass, with the answers that were given."""
    from catalog.commands.answers import by_column
    from catalog.validation.repair import Repair

    return Repair(verdict.faulty, by_column(answers, verdict.faulty.layout)) if verdict.faulty is not None else None


def _titles(verdict: Verdict) -> dict[str, str]:
    """What the columns with causes are called, by their letters."""
    causes = verdict.faulty.causes if verdict.faulty is not None else ()
    return {issue.place.column: issue.facts.get("title", "") for _, issue in causes if issue.place.column}


def _questions(verdict: Verdict, repair: Repair | None, lang: str) -> Iterator[str]:
    from catalog.commands.answers import questions

    if repair is not None:
        yield from questions(repair, _titles(verdict), lang)


def _report(verdict: Verdict, file: str, repair: Repair | None) -> dict[str, Any]:
    """The frictionless report with the file as it was given, and our key beside its own."""
    from catalog.validation import engine

    report = dict(verdict.report) or engine.refused(f"not a table: {verdict.format}")
    report["tasks"] = [{**task, "place": file} for task in report["tasks"]]
    return {**report, "haidang": {"state": verdict.state, "format": verdict.format, "schema": verdict.schema, **verdict.details,
                                  **(repair.summary().details(verdict.details["causes"], _titles(verdict)) if repair else {})}}


def _written(verdict: Verdict, repair: Repair | None, workbook: Path | None, corrected: Path | None, lang: str) -> Iterator[str]:
    """Write the marked workbook and the corrected file that are wanted, and say so; where nothing is wrong, say that."""
    from catalog.validation.repair import write_marked

    if verdict.faulty is None or repair is None:
        if workbook or corrected:
            yield {"vi": "Không có ô nào cần đánh dấu hay sửa; chưa ghi tệp nào.", "en": "No cell needs marking or repair; no file was written."}[lang]
        return
    if workbook:
        count = _into(workbook, lambda path: write_marked(verdict.faulty, path, lang))
        yield {"vi": f"Đã đánh dấu {count} ô trong {workbook}.", "en": f"{count} cells are marked in {workbook}."}[lang]
    if corrected:
        count = _into(corrected, lambda path: _correct(repair, path))
        yield {"vi": f"Đã sửa {count} ô chắc chắn trong {corrected}.", "en": f"{count} cells are certainly repaired in {corrected}."}[lang]


def _correct(repair: Any, path: Path) -> int:
    with path.open("w", encoding="utf-8", newline="") as out:
        return repair.write_csv(out)


def _into(target: Path, write: Callable[[Path], int]) -> int:
    """Write a file whole or not at all; UsageError where it cannot be written."""
    from catalog.errors import UsageError

    if not target.parent.is_dir():
        raise UsageError(f"Chưa ghi được {target}: không có thư mục {target.parent}.", f"{target} cannot be written: there is no folder {target.parent}.")
    aside = target.with_name(f".{target.name}.part")
    try:
        aside.touch()
        count = write(aside)
        aside.replace(target)
    except OSError as error:
        raise UsageError(f"Chưa ghi được {target}: {error.strerror}.", f"{target} cannot be written: {error.strerror}.") from error
    finally:
        aside.unlink(missing_ok=True)
    return count


def _lines(verdict: Verdict, filename: str, lang: str) -> Iterator[str]:
    """The verdict for a person: first what it means, then each cause with its cells and its remedy."""
    from catalog.issues import say

    counted = {"vi": "{} dòng dữ liệu, {} lỗi", "en": "{} rows, {} errors"}[lang]
    numbers = f" ({counted.format(verdict.rows if verdict.rows is not None else '–', verdict.errors)})" if verdict.report else ""
    yield f"{filename}: {_STATES[lang][verdict.state]}{numbers}"
    facts = [verdict.format, verdict.encoding, verdict.sheet, verdict.schema]
    yield "  " + " · ".join(fact for fact in facts if fact)
    for issue in verdict.issues:
        said = say(issue, lang)
        yield ""
        yield f"• {said.what}"
        yield f"  → {said.mend}"
        yield f"  [{said.who} · {issue.code}]"
