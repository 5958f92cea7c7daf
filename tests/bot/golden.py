"""Golden files: what a presenter makes, as text; UPDATE_GOLDEN=1 writes them anew."""

from __future__ import annotations

import json
import os
from pathlib import Path

from bot.cards.card import Card

_HOME = Path(__file__).parent / "golden"


def shown(card: Card) -> str:
    """A card as a reviewer wants to read it."""
    parts = [card.text, "---"]
    parts.extend(json.dumps(e, ensure_ascii=False, sort_keys=True) for e in card.entities)
    parts.append("---")
    rows = card.markup.inline_keyboard if card.markup else []
    for row in rows:
        buttons = [b.model_dump(exclude_none=True) for b in row]
        parts.append(json.dumps(buttons, ensure_ascii=False, sort_keys=True))
    if card.photo is not None:
        recipe = card.photo.as_json()
        recipe["bars"] = len(recipe["bars"])
        parts += ["---", json.dumps(recipe, ensure_ascii=False, indent=1)]
    return "\n".join(parts) + "\n"


def check(name: str, card: Card) -> None:
    """Compare with the golden file of this name."""
    path = _HOME / f"{name}.txt"
    text = shown(card)
    if os.environ.get("UPDATE_GOLDEN"):
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
    assert path.exists(), f"no golden file {path.name}; run with UPDATE_GOLDEN=1 and read it"
    assert text == path.read_text(encoding="utf-8")
