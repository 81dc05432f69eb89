"""The rules of the house: directions of imports, no circles, sizes, docstrings, nothing at import."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import click
import pytest

ROOT = Path(__file__).parent.parent
PARTS = ("catalog", "harvesters", "schemas", "web", "demo")
MAY_IMPORT = {
    "schemas": {"schemas"},
    "catalog": {"catalog", "schemas"},
    "harvesters": {"harvesters", "catalog", "schemas"},
    "web": {"web", "catalog", "schemas"},
    "demo": {"demo", "catalog", "schemas"},
}
FILE_LINES, FUNCTION_LINES, PARAMETERS, NESTING = 350, 50, 6, 4
TELLS_NOTHING = {"utils", "util", "helpers", "helper", "manager", "misc", "common", "stuff"}
# What outgrows the habits, each with its reason.
LARGE_FILES: dict[str, str] = {}
LARGE_FUNCTIONS: dict[str, str] = {}


@cache
def sources() -> dict[str, tuple[Path, ast.Module]]:
    """Every module of the project by its dotted name, parsed."""
    found = {}
    for part in PARTS:
        for path in sorted((ROOT / part).rglob("*.py")):
            if "node_modules" in path.parts or "versions" in path.parts:
                continue
            dotted = ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
            found[dotted] = (path, ast.parse(path.read_text("utf-8"), str(path)))
    return found


def imported(name: str, tree: ast.AST) -> Iterator[str]:
    """The modules of ours that a module imports, wherever in it, but for the type checker only."""
    for node in ast.walk(tree):
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
            node.body = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            for alias in node.names:
                inner = f"{node.module}.{alias.name}"
                yield inner if inner in sources() else node.module


@cache
def graph() -> dict[str, set[str]]:
    return {name: {target for target in imported(name, tree) if target in sources() and target != name}
            for name, (_, tree) in sources().items()}


def test_imports_go_down_the_house_only():
    wrong = [f"{name} imports {target}" for name, targets in graph().items() for target in targets
             if target.split(".")[0] not in MAY_IMPORT[name.split(".")[0]]]
    assert wrong == []


def test_web_and_harvesters_never_meet():
    reached: dict[str, set[str]] = {}

    def reach(name: str) -> set[str]:
        if name not in reached:
            reached[name] = set()
            for target in graph()[name]:
                reached[name] |= {target} | reach(target)
        return reached[name]

    assert [n for n in graph() if n.startswith("web") and any(t.startswith("harvesters") for t in reach(n))] == []
    assert [n for n in graph() if n.startswith("harvesters") and any(t.startswith("web") for t in reach(n))] == []


def test_there_is_no_circle_of_imports():
    state: dict[str, int] = {}
    circles: list[str] = []

    def visit(name: str, path: tuple[str, ...]) -> None:
        state[name] = 1
        for target in sorted(graph()[name]):
            if state.get(target) == 1:
                circles.append(" -> ".join([*path[path.index(target):], target] if target in path else [name, target]))
            elif target not in state:
                visit(target, (*path, target))
        state[name] = 2

    for name in sorted(graph()):
        if name not in state:
            visit(name, (name,))
    assert circles == []


def test_files_tell_one_thing():
    large = {str(path.relative_to(ROOT)): lines for path, _ in sources().values()
             if (lines := len(path.read_text("utf-8").splitlines())) > FILE_LINES}
    assert {path: lines for path, lines in large.items() if path not in LARGE_FILES} == {}
    assert set(LARGE_FILES) <= set(large), "an exception that is no longer needed"


def functions() -> Iterator[tuple[str, ast.FunctionDef | ast.AsyncFunctionDef]]:
    for path, tree in sources().values():
        for node in ast.walk(tree):
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
                yield f"{path.relative_to(ROOT)}:{node.name}", node


def depth(node: ast.AST, level: int = 0) -> int:
    deepest = level
    for child in ast.iter_child_nodes(node):
        if isinstance(child, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            continue
        nests = isinstance(child, (ast.For, ast.While, ast.If, ast.With, ast.Try)) and not (
            isinstance(node, ast.If) and child in node.orelse)
        deepest = max(deepest, depth(child, level + nests))
    return deepest


def test_functions_fit_a_screen():
    large = {name: lines for name, node in functions() if (lines := node.end_lineno - node.lineno + 1) > FUNCTION_LINES}
    assert {name: lines for name, lines in large.items() if name not in LARGE_FUNCTIONS} == {}
    assert set(LARGE_FUNCTIONS) <= set(large), "an exception that is no longer needed"


def test_functions_take_few_parameters_and_do_not_nest_deeply():
    many, deep = [], []
    for name, node in functions():
        is_command = any("option" in ast.unparse(d) or "argument" in ast.unparse(d) for d in node.decorator_list)
        positional = [a for a in node.args.posonlyargs + node.args.args if a.arg not in ("self", "cls")]
        if len(positional) > PARAMETERS and not is_command:
            many.append(name)
        if depth(node) > NESTING:
            deep.append(name)
    assert (many, deep) == ([], [])


def test_nothing_happens_at_import():
    """At the top of a module stand definitions, names and imports: no loops, no opened files, no statements that act."""
    acting = []
    for name, (path, tree) in sources().items():
        for node in tree.body:
            docstring_or_name = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
            defines = isinstance(node, (ast.Import, ast.ImportFrom, ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Assign,
                                        ast.AnnAssign, ast.TypeAlias if hasattr(ast, "TypeAlias") else ast.Assign))
            guard = isinstance(node, ast.If) and re.search("TYPE_CHECKING|__name__", ast.unparse(node.test))
            entry = path.name in ("__main__.py", "env.py")
            if not (docstring_or_name or defines or guard or entry):
                acting.append(f"{name}:{node.lineno} {ast.unparse(node).splitlines()[0]}")
    assert acting == []


def test_every_public_thing_says_what_it_is():
    silent = []
    for name, (path, tree) in sources().items():
        if path.name != "__main__.py" and path.read_text("utf-8").strip() and not ast.get_docstring(tree):
            silent.append(name)
        for node in tree.body:
            if (isinstance(node, (ast.FunctionDef, ast.ClassDef)) and not node.name.startswith("_")
                    and not ast.get_docstring(node) and node.name not in ("add_to", "upgrade", "downgrade", "render")
                    and not (isinstance(node, ast.ClassDef) and name.startswith("catalog.models"))):
                silent.append(f"{name}.{node.name}")
    assert silent == []


def test_names_say_what_is_there():
    parts = {piece for name in sources() for piece in name.split(".")}
    assert parts & TELLS_NOTHING == set()


def test_no_file_names_a_machine_a_registry_or_unfinished_work():
    marker = re.compile(r"\b(TODO|FIXME|XXX)\b|NotImplementedError|--(?:extra-)?index-url|\"resolved\"\s*:")
    found = []
    for pattern in ("**/*.py", "**/*.html", "**/*.css", "**/*.js", "**/*.toml", "**/*.json", "**/*.txt", "**/*.md", "Makefile"):
        for path in ROOT.glob(pattern):
            relative = path.relative_to(ROOT)
            if relative.parts[0] in (".venv", "var", "node_modules") or "vendor" in relative.parts or relative.name == "test_house.py":
                continue
            if marker.search(path.read_text("utf-8")):
                found.append(str(relative))
    assert found == []


def commands(group: click.Group, prefix: str = "haidang") -> Iterator[tuple[str, click.Command]]:
    for name, command in group.commands.items():
        yield f"{prefix} {name}", command
        if isinstance(command, click.Group):
            yield from commands(command, f"{prefix} {name}")


def test_every_command_and_option_has_help_in_both_languages():
    from catalog.cli import build

    silent = []
    for name, command in commands(build()):
        if "·" not in (command.help or ""):
            silent.append(name)
        silent += [f"{name} {p.opts[0]}" for p in command.params if isinstance(p, click.Option) and "·" not in (p.help or "")]
    assert silent == []


@pytest.mark.parametrize("language", ["vi", "en"])
def test_every_issue_code_speaks(language):
    from catalog.issues import Issue, codes, say

    for name in codes():
        said = say(Issue(name), language)
        assert said.what.strip() and said.mend.strip() and said.who.strip(), name


def test_every_issue_code_that_is_raised_is_written_down():
    from catalog.issues import codes

    raised = {node.args[0].value for _, tree in sources().values() for node in ast.walk(tree)
              if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Issue"
              and node.args and isinstance(node.args[0], ast.Constant)}
    assert raised - set(codes()) == set()
