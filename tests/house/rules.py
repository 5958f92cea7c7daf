"""The rules of the house as small checks over source text; each answers with its findings."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("app", "bot", "miniapp", "billing", "engine", "foundation", "migrations")
PURE = ("engine/domain", "engine/policy", "engine/decide")
PURE_FILES = ("engine/venues/paper/match.py",)

FILE_LINES_MAX = 400
TEST_FILE_LINES_MAX = 600
FUNCTION_LINES_MAX = 50
ARGUMENTS_MAX = 6
NESTING_MAX = 4

IMPURE_MODULES = {
    "asyncio": "effects belong to the shell: return commands and notices instead",
    "time": "time comes with the event",
    "random": "chance comes from outside",
    "uuid": "ids come from engine.domain.ids",
    "secrets": "chance comes from outside",
    "os": "the core reads no environment",
    "logging": "tell a Notice instead",
    "threading": "effects belong to the shell",
    "sqlalchemy": "tables belong to engine.store",
    "aiohttp": "effects belong to the shell",
    "aiogram": "effects belong to the shell",
}
IMPURE_CALLS = {
    "hash": "hash() differs between runs: use engine.domain.ids.derived_id",
    "id": "id() depends on memory: compare by value or by an id field",
    "float": "money is Decimal",
    "print": "tell a Notice instead",
    "open": "the core reads no files",
}
ROLE_WORDS = {"live", "paper", "backtest"}
_SILENCED = re.compile(r"#\s(noqa|type: ignore)")
_REASONED = re.compile(r"#\snoqa: [A-Z0-9, ]+ - \S|#\stype: ignore\[[\w, -]+\]  # \S")


def sources(*folders: str) -> Iterator[Path]:
    """Python files of the packages (or of ``folders``), without generated bundles."""
    for folder in folders or PACKAGES:
        for path in sorted((ROOT / folder).rglob("*.py")):
            if "node_modules" not in path.parts:
                yield path


def pure_sources() -> list[Path]:
    files = [path for folder in PURE for path in sources(folder)]
    return files + [ROOT / name for name in PURE_FILES]


def functions(tree: ast.AST) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def budget_findings(name: str, text: str, lines_max: int = FILE_LINES_MAX) -> list[str]:
    """Files, functions, arguments and nesting within their budgets."""
    found = []
    if (count := text.count("\n")) > lines_max:
        found.append(f"{name}: {count} lines, at most {lines_max}: split it by idea")
    for function in functions(ast.parse(text)):
        size = (function.end_lineno or 0) - function.lineno + 1
        where = f"{name}:{function.lineno} {function.name}"
        if size > FUNCTION_LINES_MAX:
            found.append(f"{where}: {size} lines, at most {FUNCTION_LINES_MAX}")
        if (depth := _nesting(function)) > NESTING_MAX:
            found.append(f"{where}: nested {depth} deep, at most {NESTING_MAX}: push ifs up")
    return found


def purpose_findings(name: str, text: str) -> list[str]:
    """A module's first line says what it is for."""
    if not text.strip():
        return [f"{name}: empty; say in one line what it is for"]
    if ast.get_docstring(ast.parse(text)) is None:
        return [f"{name}: no first line that says what the module is for"]
    return []


def silenced_findings(name: str, text: str) -> list[str]:
    """A check that is silenced says why, on its own line."""
    return [
        f"{name}:{number}: a silenced check without its reason beside it"
        for number, line in enumerate(text.splitlines(), start=1)
        if _SILENCED.search(line) and not _REASONED.search(line)
    ]


def purity_findings(name: str, text: str) -> list[str]:
    """What the core must not do: effects, chance, floats, unordered iteration, its own role."""
    found = []
    for node in ast.walk(ast.parse(text)):
        line = getattr(node, "lineno", 0)
        found += [
            f"{name}:{line}: imports {module}: {IMPURE_MODULES[top]}"
            for module in _imported(node)
            if (top := module.partition(".")[0]) in IMPURE_MODULES
        ]
        called = (
            node.func.id if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) else ""
        )
        if why := IMPURE_CALLS.get(called):
            found.append(f"{name}:{line}: {called}(): {why}")
        if isinstance(node, ast.Attribute) and node.attr in ("now", "utcnow", "today"):
            found.append(f"{name}:{line}: .{node.attr}: time comes with the event")
        if isinstance(node, ast.Constant) and isinstance(node.value, float):
            found.append(f"{name}:{line}: {node.value}: money is Decimal, never float")
        if isinstance(node, ast.For | ast.comprehension) and _is_set(node.iter):
            where = getattr(node.iter, "lineno", line)
            found.append(f"{name}:{where}: iterates over a set: its order is chance; sort it")
        if word := _role_word(node):
            found.append(f"{name}:{line}: {word!r}: the core does not know its role")
    return found


def task_findings(name: str, text: str) -> list[str]:
    """No detached tasks: the nursery owns them (a TaskGroup's tasks are not detached)."""
    found = []
    for node in ast.walk(ast.parse(text)):
        if not isinstance(node, ast.Attribute) or not isinstance(node.value, ast.Name):
            continue
        owner = node.value.id == "asyncio" or "loop" in node.value.id
        if owner and node.attr in ("create_task", "ensure_future"):
            found.append(f"{name}:{node.lineno}: {node.attr}: use foundation.nursery.Nursery")
    return found


def _nesting(function: ast.AST) -> int:
    blocks = (ast.If, ast.For, ast.While, ast.With, ast.Try, ast.AsyncFor, ast.AsyncWith, ast.Match)

    def depth(node: ast.AST) -> int:
        deepest = 0
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
                continue
            # `elif` is an If inside an orelse: it reads as one level, so it counts as one
            elif_ = isinstance(node, ast.If) and isinstance(child, ast.If) and child in node.orelse
            here = 1 if isinstance(child, blocks) and not elif_ else 0
            deepest = max(deepest, here + depth(child))
        return deepest

    return depth(function)


def _imported(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if isinstance(node, ast.ImportFrom) and node.module:
        return [node.module]
    return []


def _is_set(node: ast.AST) -> bool:
    if isinstance(node, ast.Set | ast.SetComp):
        return True
    call = isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
    return call and node.func.id in ("set", "frozenset")  # type: ignore[attr-defined]  # a Call


def _role_word(node: ast.AST) -> str | None:
    name = None
    if isinstance(node, ast.Name):
        name = node.id
    elif isinstance(node, ast.Attribute):
        name = node.attr
    elif isinstance(node, ast.Constant) and isinstance(node.value, str):
        name = node.value if " " not in node.value else None
    return name if name and name.lower() in ROLE_WORDS - {"live"} else None
