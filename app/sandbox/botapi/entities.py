"""What a text is made of: parse mode or explicit entities, trimmed, bounded, completed."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Final

from app.sandbox.botapi.html import parse_html
from app.sandbox.botapi.params import Params
from app.sandbox.botapi.refusal import bad_request
from app.sandbox.botapi.units import unit_offsets, units
from foundation import limits

Entity = dict[str, Any]

_FIELDS: Final[dict[str, frozenset[str]]] = {
    "text_link": frozenset({"url"}),
    "text_mention": frozenset({"user"}),
    "pre": frozenset({"language"}),
    "custom_emoji": frozenset({"custom_emoji_id"}),
    "date_time": frozenset({"unix_time", "date_time_format"}),
}
_PLAIN: Final = frozenset(
    {"mention", "hashtag", "cashtag", "bot_command", "url", "email", "phone_number"}
    | {"bold", "italic", "underline", "strikethrough", "spoiler", "code"}
    | {"blockquote", "expandable_blockquote"}
)
_NEEDED: Final = {
    "text_link": "url",
    "custom_emoji": "custom_emoji_id",
    "date_time": "unix_time",
    "text_mention": "user",
}
# inside these nothing more is looked for
_CLOSED: Final = frozenset({"code", "pre", "text_link", "date_time", "url", "mention"})
_TIME_FORMAT: Final = re.compile(r"r|w?[dD]?[tT]?")
_FOUND: Final = (
    ("url", re.compile(r"https?://[^\s<>\"]+[^\s<>\"'.,;:!?)\]}]", re.IGNORECASE)),
    ("bot_command", re.compile(r"(?<![\w/@<>])/[A-Za-z0-9_]{1,64}(?:@[A-Za-z0-9_]{3,32})?(?!\w)")),
    ("mention", re.compile(r"(?<![\w/@])@[A-Za-z][A-Za-z0-9_]{3,31}\b")),
)


@dataclass(frozen=True, slots=True)
class Formatted:
    """A text with its entities, as a message carries it."""

    text: str
    entities: list[Entity]


def formatted(params: Params, text_name: str, entities_name: str) -> Formatted:
    """The text under `text_name`, read by `parse_mode` or with its explicit entities.

    Raises Refusal 400 when tags or entities are wrong; says nothing about the length.
    """
    source = params.text(text_name)
    mode = params.text("parse_mode").lower()
    if mode == "html":
        text, entities = parse_html(source)
    elif mode:
        raise bad_request("unsupported parse_mode")
    else:
        text, entities = source, _explicit(params.listing(entities_name), source)
    return complete(text, entities)


def complete(text: str, entities: list[Entity]) -> Formatted:
    """Trim the text as Telegram does, and add the links and commands found in it."""
    text, entities = _trimmed(text.replace("\r", ""), entities)
    entities = entities + _found(text, entities)
    entities.sort(key=lambda entity: (entity["offset"], -entity["length"]))
    return Formatted(text, entities[: limits.TELEGRAM_ENTITIES_MAX])


def _explicit(given: list[Any] | None, text: str) -> list[Entity]:
    return [_checked(entity, text) for entity in given or ()]


def _checked(entity: Any, text: str) -> Entity:
    if not isinstance(entity, dict):
        raise bad_request("can't parse MessageEntity: expected an Object")
    kind, offset, length = entity.get("type"), entity.get("offset"), entity.get("length")
    if not isinstance(kind, str) or (kind not in _PLAIN and kind not in _FIELDS):
        raise bad_request(f'can\'t parse MessageEntity: unsupported type "{kind}" specified')
    if type(offset) is not int or type(length) is not int or offset < 0 or length <= 0:
        raise bad_request("ENTITY_BOUNDS_INVALID")
    if offset + length > units(text):
        raise bad_request(
            f"entity beginning at UTF-16 offset {offset} ends after the end of the text at "
            f"UTF-16 offset {offset + length}"
        )
    offsets = unit_offsets(text)
    if offset not in offsets or offset + length not in offsets:
        raise bad_request(
            f"entity beginning at UTF-16 offset {offset} begins or ends in a middle of a symbol"
        )
    needed = _NEEDED.get(kind)
    if needed is not None and entity.get(needed) in (None, ""):
        raise bad_request(f'can\'t parse MessageEntity: field "{needed}" is not specified')
    if kind == "date_time" and not _TIME_FORMAT.fullmatch(entity.get("date_time_format") or ""):
        raise bad_request("ENTITY_DATE_FORMAT_INVALID")
    kept = {name: entity[name] for name in _FIELDS.get(kind, ()) if entity.get(name) is not None}
    return {"type": kind, "offset": offset, "length": length, **kept}


def _trimmed(text: str, entities: list[Entity]) -> tuple[str, list[Entity]]:
    stripped = text.strip(" \n\t")
    lead = text.index(stripped) if stripped else 0
    end = units(stripped)
    kept = []
    for entity in entities:
        start = max(entity["offset"] - lead, 0)
        stop = min(entity["offset"] - lead + entity["length"], end)
        if stop > start:
            kept.append({**entity, "offset": start, "length": stop - start})
    return stripped, kept


def _found(text: str, known: list[Entity]) -> list[Entity]:
    """Links, commands and mentions in plain stretches of the text."""
    if "/" not in text and "@" not in text:
        return []
    offsets = unit_offsets(text)
    taken = [
        (entity["offset"], entity["offset"] + entity["length"])
        for entity in known
        if entity["type"] in _CLOSED or entity["type"] == "bot_command"
    ]
    found: list[Entity] = []
    for kind, pattern in _FOUND:
        for match in pattern.finditer(text):
            start, stop = offsets[match.start()], offsets[match.end()]
            if any(start < end and begin < stop for begin, end in taken):
                continue
            taken.append((start, stop))
            found.append({"type": kind, "offset": start, "length": stop - start})
    return found
