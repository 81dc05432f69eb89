"""What a source may ask of a database: tables by name, or one reading query each, looked through before anything is asked.

Looking through is the first wall and gives the clear words; the second is the read-only transaction in `sql_database`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import sqlglot
import yaml
from sqlglot import exp
from sqlglot.errors import SqlglotError

from catalog.errors import UsageError
from harvesters.describing import as_text

MAX_TEXT = 1 << 20  # characters
EVERY_TABLE = "*"
WORDS = ("title", "title_en", "description", "tags", "theme", "license", "frequency", "schema")
# Functions that only compute, beside those that every SQL has; any other might do something, so it is not called.
HARMLESS = {
    "age", "bool_and", "bool_or", "btrim", "char", "chr", "clock_timestamp", "concat_ws", "date", "datename", "date_format", "date_part", "format",
    "get_json_object", "glob", "hex", "ifnull", "iif", "instr", "isnull", "json_build_object", "jsonb_build_object", "julianday", "justify_days",
    "justify_hours", "make_date", "make_timestamp", "md5", "nchar", "nvl", "printf", "quote", "quotename", "row_to_json", "str", "strftime", "time",
    "to_json", "to_jsonb", "to_number", "total", "translate", "trunc", "typeof", "unaccent", "unicode", "unistr", "width_bucket",
    "st_area", "st_asgeojson", "st_astext", "st_centroid", "st_length", "st_pointonsurface", "st_srid", "st_transform", "st_x", "st_y",
}
_CHANGES = (exp.DML, exp.DDL, exp.Into, exp.Lock, exp.Command, exp.Pragma, exp.Set, exp.NextValueFor, exp.ReadCSV, exp.Execute, exp.Drop, exp.Alter,
            exp.Parameter, exp.PropertyEQ)
_EXECUTABLE_COMMENT = re.compile(r"/\*M?!|/\*\+|/\*(?:(?!\*/).)*/\*", re.IGNORECASE | re.DOTALL)  # and hints, and comments in comments, which not all databases know
# SQL Server needs no semicolon between statements: what looks like a name without quotes and is one of these begins the next one.
_BEGINS = {
    "add", "alter", "backup", "begin", "break", "bulk", "checkpoint", "close", "commit", "continue", "create", "dbcc", "deallocate", "declare", "delete",
    "deny", "disable", "drop", "dump", "enable", "end", "exec", "execute", "exit", "fetch", "get", "go", "goto", "grant", "if", "insert", "kill", "lineno",
    "load", "merge", "move", "open", "print", "raiserror", "readtext", "receive", "reconfigure", "restore", "return", "revert", "revoke", "rollback", "save",
    "send", "set", "setuser", "shutdown", "throw", "truncate", "update", "updatetext", "use", "waitfor", "while", "writetext",
}


def checked_query(text: Any, dialect: str) -> str:
    """The query without its last semicolon; UsageError unless it is one SELECT that only reads."""
    sql = as_text(text).strip()
    if not sql or len(sql) > MAX_TEXT or _EXECUTABLE_COMMENT.search(sql):
        raise _no("chưa có, quá dài, hoặc có chú thích được thực thi", "is missing, too long, or holds a comment that is executed")
    try:
        statements = [statement for statement in sqlglot.parse(sql, read=dialect) if statement is not None]
    except (SqlglotError, RecursionError, ValueError) as error:
        place = getattr(error, "errors", None)
        line = f" (dòng {place[0].get('line')})" if place else ""
        raise _no(f"viết chưa đúng{line}", f"cannot be read{line.replace('dòng', 'line')}") from error
    if len(statements) != 1:
        raise _no(f"có {len(statements)} câu lệnh; chỉ nhận một", f"holds {len(statements)} statements; only one is taken")
    statement = statements[0]
    if not isinstance(statement, exp.Query) or statement.find(*_CHANGES) or not all(part.expressions for part in statement.find_all(exp.Select)):
        raise _no("không phải một câu SELECT chỉ đọc", "is not a SELECT that only reads")
    if dialect == "tsql" and (word := next((one.name for one in statement.find_all(exp.Identifier) if not one.quoted and one.name.lower() in _BEGINS), "")):
        raise _no(f"dùng từ {word} của SQL Server làm tên; đặt tên trong ngoặc vuông", f"uses SQL Server's word {word} for a name; names stand in brackets")
    if any(column.name.lower() == "nextval" for column in statement.find_all(exp.Column)):
        raise _no("không phải một câu SELECT chỉ đọc", "is not a SELECT that only reads")
    for call in statement.find_all(exp.Func):
        is_own = isinstance(call.parent, exp.Dot)  # of a schema, and then not the one that every SQL has
        if is_own or (isinstance(call, exp.Anonymous | exp.AnonymousAggFunc) and (isinstance(call.this, exp.Identifier) or call.name.lower() not in HARMLESS)):
            name = call.name or call.key
            raise _no(f"gọi hàm {name}, hàm này không có trong danh sách các hàm chỉ tính toán",
                      f"calls the function {name}, which is not among those that only compute")
    return re.sub(r"(\s*;)+\s*$", "", sql)


def _no(vi: str, en: str) -> UsageError:
    return UsageError(f"Truy vấn {vi}.", f"The query {en}.")


def datasets_of(options: Mapping[str, Any], dialect: str) -> list[dict[str, Any]] | None:
    """The datasets that the options describe, by identifier; None for every table there is.

    Each has `identifier`, either `table` or `query`, and the words of it. UsageError names what cannot be used.
    """
    ways = [name for name in ("tables", "query", "datasets") if str(options.get(name) or "").strip()]
    if len(ways) != 1:
        raise UsageError("Cần đúng một trong các tùy chọn: tables, query, datasets.", "Give exactly one of the options tables, query and datasets.")
    if ways == ["tables"]:
        names = list(dict.fromkeys(name.strip() for name in str(options["tables"]).split(",") if name.strip()))
        if names == [EVERY_TABLE]:
            return None
        entries = [{"table": name} for name in names]
    elif ways == ["query"]:
        entries = [{"query": options["query"], **{key: options[key] for key in ("identifier", "title", "description") if options.get(key)}}]
    else:
        entries = _listed(options["datasets"])
    found = [_dataset(entry, dialect) for entry in entries]
    identifiers = [entry["identifier"] for entry in found]
    if twice := sorted({name for name in identifiers if identifiers.count(name) > 1}):
        raise UsageError(f"Mã bộ dữ liệu bị lặp: {', '.join(twice)}.", f"The same identifier comes twice: {', '.join(twice)}.")
    return sorted(found, key=lambda entry: entry["identifier"])


def _listed(text: Any) -> list[Any]:
    """The list of datasets written in YAML or JSON."""
    try:
        entries = yaml.safe_load(str(text)[:MAX_TEXT])
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        raise UsageError("Tùy chọn datasets phải viết bằng YAML hoặc JSON.", "The option datasets is written in YAML or JSON.") from error
    if not isinstance(entries, list) or not entries or not all(isinstance(entry, Mapping) for entry in entries):
        raise UsageError("Tùy chọn datasets phải là một danh sách, mỗi mục có table hoặc query.",
                         "The option datasets is a list whose entries have a table or a query.")
    return entries


def _dataset(entry: Mapping[str, Any], dialect: str) -> dict[str, Any]:
    unknown = sorted({as_text(key) for key in entry} - {"identifier", "table", "query", *WORDS})
    table, query = as_text(entry.get("table")).strip(), as_text(entry.get("query")).strip()
    if unknown or bool(table) == bool(query):
        what = ", ".join(unknown) or as_text(entry.get("identifier")) or "–"
        raise UsageError(f"Mỗi bộ dữ liệu cần đúng một trong table, query, và chỉ có thêm identifier, {', '.join(WORDS)}; chưa đúng: {what}.",
                         f"A dataset has either a table or a query, and beside that only identifier, {', '.join(WORDS)}; wrong: {what}.")
    identifier = as_text(entry.get("identifier")).strip() or table
    if not identifier or len(identifier) > 500:
        raise UsageError("Bộ dữ liệu lấy bằng query cần identifier (tối đa 500 ký tự).", "A dataset of a query needs an identifier (at most 500 characters).")
    asked = {"table": table} if table else {"query": checked_query(query, dialect)}
    words = {key: entry[key] if isinstance(entry[key], list) else as_text(entry[key]) for key in WORDS if entry.get(key)}
    return {"identifier": identifier, **asked, **words}
