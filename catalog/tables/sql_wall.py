"""The first wall before SQL of strangers: what of a query is let through, told by an allow-list over the parsed tree.

Run in the child process only (`sql_child`): the parser can be made to run for hours by 150 characters. It imports nothing of the house.
What passes is written anew from the tree, so that what DuckDB reads is what was looked at: every table is one of `t0.main.rows`,
`t1.main.rows` …, every name stands in quotes, and columns without a name are called as PostgreSQL calls them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import sqlglot
from sqlglot import exp
from sqlglot.errors import ParseError, SqlglotError, TokenError

MAX_TEXT, MAX_NODES, MAX_TABLES, MAX_LENGTH = 20_000, 8_000, 20, 1_000  # characters, nodes, tables, length of a padded text

# The parts of a query, each with what it may hold.
_PARTS: dict[type[exp.Expression], set[str]] = {
    exp.Select: {"with_", "expressions", "distinct", "from_", "joins", "where", "group", "having", "qualify", "windows", "order", "limit", "offset"},
    exp.Union: {"with_", "this", "expression", "distinct", "order", "limit", "offset"},
    exp.Intersect: {"with_", "this", "expression", "distinct", "order", "limit", "offset"},
    exp.Except: {"with_", "this", "expression", "distinct", "order", "limit", "offset"},
    exp.Subquery: {"with_", "this", "alias", "joins", "order", "limit", "offset"},
    exp.Table: {"this", "alias", "joins"},
    exp.Join: {"this", "side", "kind", "method", "on", "using"},
    exp.With: {"expressions"},
    exp.CTE: {"this", "alias", "materialized"},
    exp.TableAlias: {"this", "columns"},
    exp.Column: {"this", "table"},
    exp.Star: {"except_"},
    exp.Values: {"expressions", "alias"},
    exp.In: {"this", "expressions", "query"},
    exp.Group: {"expressions", "all", "rollup", "cube", "grouping_sets"},
    exp.DataType: {"this", "expressions", "nested"},
    exp.Window: {"this", "partition_by", "order", "spec", "alias", "over"},
    exp.Anonymous: {"this", "expressions"},
    exp.Limit: {"expression"},
    exp.Offset: {"expression"},
    exp.Order: {"this", "expressions"},
}
_REST: frozenset[type[exp.Expression]] = frozenset({
    exp.Alias, exp.Distinct, exp.Fetch, exp.Filter, exp.From, exp.Having, exp.Identifier, exp.IgnoreNulls, exp.Ordered, exp.Qualify,
    exp.RespectNulls, exp.Tuple, exp.Where, exp.WindowSpec, exp.WithinGroup, exp.Rollup, exp.Cube, exp.GroupingSets, exp.Paren,
    exp.Add, exp.All, exp.And, exp.Any, exp.Array, exp.AtTimeZone, exp.Between, exp.BitwiseAnd, exp.BitwiseNot, exp.BitwiseOr, exp.BitwiseXor,
    exp.Boolean, exp.Case, exp.Cast, exp.DPipe, exp.DataTypeParam, exp.Div, exp.EQ, exp.Escape, exp.Exists, exp.GT, exp.GTE, exp.ILike, exp.If,
    exp.IntDiv, exp.Interval, exp.Is, exp.LT, exp.LTE, exp.Like, exp.LimitOptions, exp.Literal, exp.Mod, exp.Mul, exp.NEQ, exp.Neg, exp.Not, exp.Null,
    exp.NullSafeEQ, exp.NullSafeNEQ, exp.Or, exp.RegexpILike, exp.RegexpLike, exp.SimilarTo, exp.Sub, exp.TryCast, exp.Var,
    # over rows
    exp.ArrayAgg, exp.Avg, exp.Corr, exp.Count, exp.CountIf, exp.CovarPop, exp.CovarSamp, exp.GroupConcat, exp.Grouping, exp.LogicalAnd,
    exp.LogicalOr, exp.Max, exp.Median, exp.Min, exp.Mode, exp.PercentileCont, exp.PercentileDisc, exp.RegrSlope, exp.Stddev, exp.StddevPop,
    exp.StddevSamp, exp.Sum, exp.Variance, exp.VariancePop, exp.CumeDist, exp.DenseRank, exp.FirstValue, exp.Lag, exp.LastValue, exp.Lead,
    exp.NthValue, exp.Ntile, exp.PercentRank, exp.Rank, exp.RowNumber,
    # of numbers
    exp.Abs, exp.Acos, exp.Asin, exp.Atan, exp.Atan2, exp.Cbrt, exp.Ceil, exp.Coalesce, exp.Cos, exp.Degrees, exp.Exp, exp.Floor, exp.Greatest,
    exp.Least, exp.Ln, exp.Log, exp.Nullif, exp.Pi, exp.Pow, exp.Radians, exp.Round, exp.Sign, exp.Sin, exp.Sqrt, exp.Tan, exp.ToNumber, exp.Trunc,
    # of texts
    exp.Ascii, exp.Chr, exp.Concat, exp.ConcatWs, exp.Left, exp.Length, exp.Lower, exp.MD5, exp.Overlay, exp.Pad, exp.RegexpReplace, exp.Replace,
    exp.Reverse, exp.Right, exp.SplitPart, exp.StartsWith, exp.StrPosition, exp.Substring, exp.Translate, exp.Trim, exp.Upper,
    # of times
    exp.CurrentDate, exp.CurrentTimestamp, exp.Date, exp.Day, exp.Extract, exp.LastDay, exp.Localtimestamp, exp.Month, exp.Quarter, exp.StrToDate,
    exp.StrToTime, exp.TimeToStr, exp.TimestampTrunc, exp.Year,
})
_NAMED = {"age", "all", "gcd", "make_date", "strftime", "strip_accents", "unaccent"}  # functions that the parser has no class for
_TYPES = {exp.DType[name] for name in (
    "BIGINT", "BOOLEAN", "CHAR", "DATE", "DECIMAL", "DOUBLE", "FLOAT", "INT", "INTERVAL", "SMALLINT", "TEXT", "TIME", "TIMESTAMP", "TIMESTAMPTZ",
    "TINYINT", "UUID", "VARCHAR")}
_WORD, _NUMBER = re.compile(r"[A-Za-z_ ]*"), re.compile(r"\d*\.?\d*([eE][+-]?\d+)?")
_CALL = re.compile(r"(\w+)\(")
_OTHER_NAMES = {"trunc": "trunc", "listagg": "string_agg"}


class Refused(Exception):
    """A query that is not let through.

    `kind` is one of long, syntax, many, element, function, schema, system, nested, tables; `name` says what, `line` and `column` where
    (from 1; 0 is not known).
    """

    def __init__(self, kind: str, name: str = "", line: int = 0, column: int = 0) -> None:
        super().__init__(kind, name)
        self.kind, self.name, self.line, self.column = kind, name, line, column


@dataclass(frozen=True)
class Passed:
    """A query that was let through: the names of the tables in it, and the query in DuckDB's SQL with `t<n>.main.rows` for the n-th."""

    tables: tuple[str, ...]
    sql: str


def passed(sql: str) -> Passed:
    """What is left of a query when it was looked through, or Refused."""
    if len(sql) > MAX_TEXT or "\0" in sql:
        raise Refused("long")
    try:
        query = _statement(sql)
        for node in query.walk():
            _look(node)
        tables = _renamed(query)
        for select in list(query.find_all(exp.Select)):
            select.set("expressions", [_labelled(column) for column in select.expressions])
        return Passed(tables, query.transform(_in_duckdb).sql("duckdb", identify=True, comments=False, unsupported_level=sqlglot.ErrorLevel.IGNORE))
    except (RecursionError, IndexError, AttributeError, KeyError, TypeError) as error:  # the parser's own, where a text leads it astray
        raise Refused("nested" if isinstance(error, RecursionError) else "syntax") from error


def _statement(sql: str) -> exp.Query:
    """The one statement of the text."""
    try:
        statements = [one for one in sqlglot.parse(sql, read="postgres", max_nodes=MAX_NODES) if one is not None and not isinstance(one, exp.Semicolon)]
    except ParseError as error:
        place = error.errors[0] if error.errors else {}
        if "Maximum number" in str(error):
            raise Refused("nested") from error
        raise Refused("syntax", str(place.get("highlight") or ""), place.get("line") or 0, place.get("col") or 0) from error
    except (TokenError, SqlglotError, ValueError) as error:
        raise Refused("syntax") from error
    if len(statements) != 1:
        raise Refused("many" if statements else "syntax")
    if not isinstance(statements[0], (exp.Select, exp.SetOperation, exp.Subquery)):
        raise _refused("element", statements[0], type(statements[0]).__name__)
    return statements[0]


def _look(node: exp.Expression) -> None:
    """Refused unless the node, what it holds, and every bare word of it are on the lists."""
    kind = type(node)
    if kind is exp.Table:
        _look_at_table(node)
    if kind not in _PARTS and kind not in _REST:
        raise _refused("function", node, _function(node)) if isinstance(node, exp.Func) else _refused("element", node, kind.__name__)
    held = {key for key, value in node.args.items() if value not in (None, False, [])}
    if kind in _PARTS and not held <= _PARTS[kind]:
        raise _refused("element", node, sorted(held - _PARTS[kind])[0].strip("_"))
    if kind is exp.Anonymous and (not isinstance(node.this, str) or node.this.lower() not in _NAMED):
        raise _refused("function", node, str(node.this))
    if kind is exp.DataType and (node.args.get("nested") or node.this not in _TYPES):
        raise _refused("element", node, str(getattr(node.this, "value", node.this)))
    if kind is exp.Join and node.args.get("method") not in (None, "", "NATURAL"):
        raise _refused("element", node, str(node.args["method"]))
    if kind is exp.Pad and not (isinstance(node.expression, exp.Literal) and node.expression.name.isdigit() and int(node.expression.name) <= MAX_LENGTH):
        raise _refused("function", node, "lpad")
    _look_at_words(node)


def _look_at_words(node: exp.Expression) -> None:
    """What is written without quotes must be a word or a number; a parser takes some of it out of quotes."""
    if isinstance(node, exp.Literal):
        if not node.is_string and not _NUMBER.fullmatch(node.name):
            raise _refused("element", node, "Literal")
        return
    if isinstance(node, (exp.Identifier, exp.Anonymous)):
        return
    for value in node.args.values():
        if isinstance(value, str) and not _WORD.fullmatch(value):
            raise _refused("element", node, type(node).__name__)


def _look_at_table(table: exp.Table) -> None:
    if table.args.get("db") or table.args.get("catalog"):
        raise _refused("schema", table, table.name)
    if not isinstance(table.this, exp.Identifier):
        raise _refused("function", table, _function(table.this))
    if table.name.lower().startswith(("pg_", "duckdb_", "sqlite_")):
        raise _refused("system", table, table.name)


def _refused(kind: str, node: exp.Expression, name: str) -> Refused:
    place = next((one.meta for one in node.walk(bfs=True) if "line" in one.meta), {})
    width = place.get("end", 0) - place.get("start", 0)
    return Refused(kind, name, place.get("line", 0), max(place.get("col", 0) - width, 0))


def _function(node: exp.Expression) -> str:
    """The name under which PostgreSQL knows a function."""
    if isinstance(node, exp.Anonymous):
        return str(node.this)
    called = _CALL.match(node.sql("postgres"))
    return called[1].lower() if called else node.sql_name().lower() if isinstance(node, exp.Func) else type(node).__name__


def _renamed(query: exp.Query) -> tuple[str, ...]:
    """Give each table its place and each CTE a name that nothing else has; answer with the names of the tables by their places."""
    named = {cte.alias.lower() for cte in query.find_all(exp.CTE)}
    places: dict[str, int] = {}
    for table in list(query.find_all(exp.Table)):
        name = table.name
        if not table.alias:
            table.set("alias", exp.TableAlias(this=exp.to_identifier(name, quoted=True)))
        if name.lower() in named:
            table.set("this", _cte(name))
            continue
        known = name if table.this.args.get("quoted") else name.lower()
        place = places.setdefault(known, len(places))
        table.set("this", exp.to_identifier("rows"))
        table.set("db", exp.to_identifier("main"))
        table.set("catalog", exp.to_identifier(f"t{place}"))
    if len(places) > MAX_TABLES:
        raise Refused("tables")
    for cte in query.find_all(exp.CTE):
        cte.args["alias"].set("this", _cte(cte.alias))
    return tuple(places)


def _cte(name: str) -> exp.Identifier:
    return exp.to_identifier(f"cte:{name.lower()}", quoted=True)


def _labelled(column: exp.Expression) -> exp.Expression:
    """A column under the name that PostgreSQL gives it."""
    if isinstance(column, (exp.Alias, exp.Column, exp.Star)):
        return column
    return exp.alias_(column, _label(column), quoted=True, copy=False)


def _label(node: exp.Expression) -> str:
    match node:
        case exp.Paren() | exp.Filter() | exp.Window() | exp.WithinGroup() | exp.IgnoreNulls() | exp.RespectNulls():
            return _label(node.this)
        case exp.Cast():
            inner = _label(node.this)
            return inner if inner != "?column?" else node.to.sql("postgres").split("(")[0].lower()
        case exp.Column() | exp.Alias():
            return node.alias_or_name
        case exp.Subquery():
            return next((_label(one) for one in node.selects), "?column?")
        case exp.Case() | exp.Exists() | exp.Array():
            return type(node).__name__.lower()
        case exp.Func() if not isinstance(node, (exp.Binary, exp.Connector)):
            name = _function(node)
            return _OTHER_NAMES.get(name, name)
    return "?column?"


def _in_duckdb(node: exp.Expression) -> exp.Expression:
    """What DuckDB says otherwise: unaccent, which here knows đ, and the words for now, which there could be the name of a column."""
    if isinstance(node, exp.Anonymous) and node.name.lower() == "unaccent" and len(node.expressions) == 1:
        bare: exp.Expression = exp.Anonymous(this="strip_accents", expressions=node.expressions)
        for letter, plain in (("đ", "d"), ("Đ", "D")):
            bare = exp.Replace(this=bare, expression=exp.Literal.string(letter), replacement=exp.Literal.string(plain))
        return bare
    if isinstance(node, (exp.CurrentTimestamp, exp.CurrentDate, exp.Localtimestamp)):
        now, kind = exp.Anonymous(this="now"), {exp.CurrentDate: "date", exp.Localtimestamp: "timestamp"}.get(type(node))
        return exp.cast(now, kind) if kind else now
    return node


def words(refused: Refused) -> dict[str, str | int]:
    """A refusal as it goes to the parent."""
    return {"kind": refused.kind, "name": refused.name[:200], "line": refused.line, "column": refused.column}
