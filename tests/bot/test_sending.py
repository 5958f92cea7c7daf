"""One door out: nothing but the outbox's wire, the presses and the set-up speaks to Telegram."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import bot

_ROOT = Path(bot.__file__).parent
_MAY_SEND = {"outbox/wire.py", "presses.py", "setup/introduce.py", "app.py"}
_SENDING = ("send_", "edit_", "delete_", "reply", "copy_to", "forward", "answer", "set_my_", "pin")


def findings(name: str, text: str) -> Iterator[str]:
    """Calls that would send past the outbox, with what to use instead."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("aiogram.methods"):
            yield f"{name}:{node.lineno}: aiogram.methods; put an item into the outbox instead"
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
            continue
        called, on = node.func.attr, ast.unparse(node.func.value)
        if called.startswith(_SENDING) and not on.endswith(("presses", "front.signals")):
            yield f"{name}:{node.lineno}: {on}.{called}(); hand a card to the desk instead"


def test_nobody_sends_past_the_outbox() -> None:
    found = [
        line
        for path in sorted(_ROOT.rglob("*.py"))
        if (name := path.relative_to(_ROOT).as_posix()) not in _MAY_SEND
        for line in findings(name, path.read_text(encoding="utf-8"))
    ]
    assert found == []


def test_the_check_catches_a_direct_answer() -> None:
    seeded = "async def handler(message):\n    await message.answer('hi')\n"
    assert list(findings("x.py", seeded)) == [
        "x.py:2: message.answer(); hand a card to the desk instead"
    ]
    assert list(findings("x.py", "from aiogram.methods import SendMessage\n"))
