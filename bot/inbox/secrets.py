"""Spots keys and seed phrases people paste by mistake, before anything is written down."""

from __future__ import annotations

import re
from typing import Any, Final, Literal

SecretKind = Literal["key", "seed"]

MARK: Final = "\N{LOCK}secret-removed:"
"""What is stored in place of the text; the kind follows."""

_SEED_LENGTHS: Final = frozenset({12, 15, 18, 21, 24})
_SEED_WORD: Final = re.compile(r"[a-z]{3,8}")
_TOKEN: Final = re.compile(r"(?<![\w/=.-])[A-Za-z0-9_+/=-]{32,}(?![\w/])")
_BOT_TOKEN: Final = re.compile(r"\b[0-9]{8,12}:[A-Za-z0-9_-]{30,}")
_HARMLESS_LINK: Final = re.compile(r"https?://(?!.*(?:secret|api_?key|passw)).*", re.I)
_PEM: Final = re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----")


def secret_kind(text: str) -> SecretKind | None:
    """What secret the text seems to hold; None for ordinary talk, commands and links."""
    if text.startswith("/"):
        return None
    words = text.split()
    if len(words) in _SEED_LENGTHS and all(_SEED_WORD.fullmatch(word) for word in words):
        return "seed"
    if _PEM.search(text) or _BOT_TOKEN.search(text):
        return "key"
    talk = " ".join(word for word in words if not _HARMLESS_LINK.fullmatch(word))
    for found in _TOKEN.finditer(talk):
        token = found.group()
        letters = sum(c.isalpha() for c in token)
        if letters >= 4 and len(token) - letters >= 2 and not _sentence(token):
            return "key"
    return None


def without_secret(update: dict[str, Any]) -> dict[str, Any]:
    """The update as it may be stored: a pasted secret is replaced by a mark."""
    for name in ("message", "edited_message"):
        message = update.get(name)
        if not isinstance(message, dict):
            continue
        for field in ("text", "caption"):
            text = message.get(field)
            kind = secret_kind(text) if isinstance(text, str) else None
            if kind is not None:
                cleaned = {k: v for k, v in message.items() if not k.endswith("entities")}
                return {**update, name: {**cleaned, field: f"{MARK}{kind}"}}
    return update


def marked_kind(text: str | None) -> SecretKind | None:
    """The kind of the secret that was removed from this text."""
    if text is None or not text.startswith(MARK):
        return None
    return "seed" if text.endswith("seed") else "key"


def _sentence(token: str) -> bool:
    """Long-words-joined-by-dashes are not keys."""
    return all(part.isalpha() for part in re.split(r"[-_/+=]+", token) if part)
