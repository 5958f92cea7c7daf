"""Bytes into a JSON object or a line of text: the first reader of whatever strangers send."""

from __future__ import annotations

import json
import re
from typing import Final

from engine.signals.port import Document, Refused
from foundation import limits

BODY: Final = "body"
_DOUBLE_SMART: Final = "“”„‟«»″"
_SINGLE_SMART: Final = "‘’‚‛′"
_TO_PLAIN: Final = str.maketrans(
    dict.fromkeys(_DOUBLE_SMART, '"') | dict.fromkeys(_SINGLE_SMART, "'")
)
_TRAILING_COMMA: Final = re.compile(r",(\s*[}\]])")
_BARE_PLACEHOLDER: Final = re.compile(r'"([^"\n]{1,64})"\s*:\s*(\{\{[^{}\n]{0,64}\}\})')
_STRINGS: Final = re.compile(r'"(?:[^"\\]|\\.)*"', re.DOTALL)


class Number(str):
    """A JSON number as it was written: digits are never lost to a float on the way."""

    __slots__ = ()


class NotANumber(str):
    """`NaN` or `Infinity` where JSON knows no such thing, but undefined plots send it."""

    __slots__ = ()


def read(body: bytes) -> Document | str:
    """The JSON object, or the text when it is not JSON and does not try to be.

    Raises Refused, naming what is wrong with the body and how to fix it.
    """
    text = _decode(body)
    _refuse_depth(text)
    try:
        value = _load(text)
    except json.JSONDecodeError as error:
        if text[0] not in "{[":
            return text
        raise _diagnosed(text, error) from error
    if not isinstance(value, dict):
        kind = "a list" if isinstance(value, list) else "a single value"
        raise Refused(
            "not_an_object",
            f'the body is {kind}, not an object: it must start with {{ and contain "tv"',
            BODY,
        )
    return value


def _decode(body: bytes) -> str:
    try:
        text = body.decode("utf-8-sig").strip()
    except UnicodeDecodeError as error:
        raise Refused(
            "invalid_utf8",
            f"byte {error.start} is not valid UTF-8: save the alert's message as UTF-8 text",
            BODY,
        ) from error
    if not text:
        raise Refused(
            "empty_body",
            "the alert came without a message: paste the hook's JSON into the alert's Message box",
            BODY,
        )
    return text


def _refuse_depth(text: str) -> None:
    """Look before parsing, so that the answer does not depend on the stack we stand on."""
    if text.count("{") + text.count("[") <= limits.SIGNAL_DEPTH_MAX:
        return
    depth = deepest = 0
    for letter in _STRINGS.sub("", text):
        if letter in "{[":
            depth += 1
            deepest = max(deepest, depth)
        elif letter in "}]":
            depth -= 1
    if deepest > limits.SIGNAL_DEPTH_MAX:
        raise Refused(
            "too_deep",
            f"the body is nested {deepest} levels deep, at most {limits.SIGNAL_DEPTH_MAX} are read",
            BODY,
        )


def _load(text: str) -> object:
    # control characters inside strings are let through: chart comments contain line breaks
    return json.loads(
        text,
        parse_float=Number,
        parse_int=Number,
        parse_constant=NotANumber,
        object_pairs_hook=_object,
        strict=False,
    )


def _object(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) == len(pairs):
        return found
    seen: set[str] = set()
    for key, _ in pairs:
        if key in seen:
            shown = printable(key, limits.SIGNAL_NAME_MAX)
            raise Refused(
                "duplicate_key",
                f"{shown} stands twice in one object, so it is unclear which one holds: "
                "remove one of them",
                shown,
            )
        seen.add(key)
    return found


def _diagnosed(text: str, error: json.JSONDecodeError) -> Refused:
    """The most helpful name for what keeps the text from being JSON."""
    bare = _BARE_PLACEHOLDER.search(text)
    if bare is not None:
        name = printable(bare[1], limits.SIGNAL_NAME_MAX)
        return Refused("placeholder", unreplaced(name, bare[2]), name)
    first = text[1:].lstrip()[:1]
    if first in _DOUBLE_SMART + _SINGLE_SMART and first:
        return _not_json(
            "typographic_quotes",
            'the body uses typographic quotes (”): replace all of them with plain ones (")',
        )
    if first == "'":
        return _not_json(
            "single_quotes", "the body uses single quotes ('): JSON needs double quotes (\")"
        )
    if _mends(text, _TRAILING_COMMA.sub(r"\1", text)):
        comma = _TRAILING_COMMA.search(text)
        at = f" in {_place(text, comma.start())}" if comma else ""
        return _not_json(
            "trailing_comma", f"there is a comma{at} before a closing bracket: remove it"
        )
    if _mends(text, text.translate(_TO_PLAIN)):
        return _not_json(
            "typographic_quotes",
            'some quotes are typographic (”): replace all of them with plain ones (")',
        )
    if error.pos >= len(text) or error.msg.startswith("Unterminated string"):
        return _not_json(
            "truncated",
            f"the body ends in {_place(text, len(text))} before its brackets are closed: "
            "it was cut off, or a quote or bracket is missing",
        )
    return _not_json(
        "not_json",
        f"the body is not valid JSON in {_place(text, error.pos)} ({error.msg}): "
        "check quotes and commas there",
    )


def _not_json(code: str, message: str) -> Refused:
    return Refused(code, message, BODY)


def _mends(before: str, after: str) -> bool:
    if before == after:
        return False
    try:
        _load(after)
    except (json.JSONDecodeError, Refused):
        return False
    return True


def _place(text: str, at: int) -> str:
    line = text.count("\n", 0, at) + 1
    return f"line {line}, column {at - text.rfind(chr(10), 0, at)}"


def unreplaced(name: str, value: str) -> str:
    """The sentence for a placeholder that was posted as it stands in the template."""
    return (
        f"{name} still says {printable(value, limits.SIGNAL_NAME_MAX)}: TradingView fills this in "
        "when a strategy alert fires; it was not replaced"
    )


def printable(text: str, longest: int) -> str:
    """Text fit for a sentence and for the database: one line, no controls, no surrogates."""
    clean = text[: longest * 2]
    if not clean.isprintable():
        clean = "".join(c if c.isprintable() else " " for c in clean)
    clean = " ".join(clean.split())
    return clean if len(clean) <= longest else clean[: longest - 1] + "…"
