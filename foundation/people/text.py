"""Makes text from outside fit for the database."""

from __future__ import annotations


def clean(text: str | None, length: int) -> str | None:
    """Without NUL and lone surrogates, which Postgres cannot store, and at most `length` long."""
    if text is None:
        return None
    return text.replace("\x00", "").encode("utf-8", "ignore").decode()[:length]
