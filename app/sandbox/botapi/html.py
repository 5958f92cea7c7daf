"""Telegram's HTML style: tags become entities, everything else stays text."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any, Final

from app.sandbox.botapi.refusal import Refusal, cannot_parse_entities
from app.sandbox.botapi.units import units

_SIMPLE: Final = {
    "b": "bold",
    "strong": "bold",
    "i": "italic",
    "em": "italic",
    "u": "underline",
    "ins": "underline",
    "s": "strikethrough",
    "strike": "strikethrough",
    "del": "strikethrough",
    "tg-spoiler": "spoiler",
    "code": "code",
    "pre": "pre",
}
_KNOWN: Final = frozenset({*_SIMPLE, "a", "span", "blockquote", "tg-time", "tg-emoji"})
_NAMED: Final = {"lt": "<", "gt": ">", "amp": "&", "quot": '"'}
_REFERENCE: Final = re.compile(r"&(?:#([0-9]{1,7})|#[xX]([0-9a-fA-F]{1,6})|([a-z]+));?")
_TAG: Final = re.compile(r"<(/?)([a-zA-Z0-9-]*)((?:[^>\"']|\"[^\"]*\"|'[^']*')*)>")
_ATTRIBUTE: Final = re.compile(
    r"""([a-zA-Z-]+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([a-zA-Z0-9.\-]+)))?"""
)
_LANGUAGE: Final = "language-"


@dataclass(frozen=True, slots=True)
class _Open:
    """A tag waiting for its end."""

    tag: str
    offset: int
    attributes: dict[str, str]


@dataclass(slots=True)
class _Reader:
    source: str
    at: int = 0
    text: list[str] = field(default_factory=list)
    length: int = 0
    stack: list[_Open] = field(default_factory=list)
    entities: list[dict[str, Any]] = field(default_factory=list)

    def bytes_before(self, index: int) -> int:
        return len(self.source[:index].encode())

    def put(self, piece: str) -> None:
        self.text.append(piece)
        self.length += units(piece)


def parse_html(source: str) -> tuple[str, list[dict[str, Any]]]:
    """Text without tags, and its entities (offsets and lengths in UTF-16 units).

    Raises Refusal 400 with Telegram's sentence and the byte offset for what is not allowed.
    """
    reader = _Reader(source)
    while reader.at < len(source):
        letter = source[reader.at]
        if letter == "<":
            _read_tag(reader)
        elif letter == "&":
            _read_reference(reader)
        else:
            following = re.compile(r"[<&]").search(source, reader.at)
            end = following.start() if following else len(source)
            reader.put(source[reader.at : end])
            reader.at = end
    if reader.stack:
        tag = reader.stack[-1].tag
        raise cannot_parse_entities(f'Can\'t find end tag corresponding to start tag "{tag}"')
    return "".join(reader.text), reader.entities


def _read_reference(reader: _Reader) -> None:
    match = _REFERENCE.match(reader.source, reader.at)
    letter = _referenced(match) if match else None
    if match is None or letter is None:
        reader.put("&")
        reader.at += 1
        return
    reader.put(letter)
    reader.at = match.end()


def _referenced(match: re.Match[str]) -> str | None:
    decimal, hexadecimal, name = match.groups()
    if name is not None:
        return _NAMED.get(name)
    code = int(decimal) if decimal is not None else int(hexadecimal, 16)
    surrogate = 0xD800 <= code <= 0xDFFF
    return chr(code) if 0 < code <= 0x10FFFF and not surrogate else None


def _read_tag(reader: _Reader) -> None:
    match = _TAG.match(reader.source, reader.at)
    where = reader.bytes_before(reader.at)
    if match is None:
        kind = "end" if reader.source.startswith("</", reader.at) else "start"
        raise cannot_parse_entities(f"Unclosed {kind} tag at byte offset {where}")
    closing, name, rest = match.group(1), match.group(2).lower(), match.group(3)
    if closing:
        _close(reader, name, where)
    else:
        _open(reader, name, rest, where)
    reader.at = match.end()


def _open(reader: _Reader, name: str, rest: str, where: int) -> None:
    attributes = {
        key.lower(): _unescape(a or b or c or "") for key, a, b, c in _ATTRIBUTE.findall(rest)
    }
    if name not in _KNOWN:
        raise cannot_parse_entities(f'Unsupported start tag "{name}" at byte offset {where}')
    if name == "span" and attributes.get("class") != "tg-spoiler":
        raise cannot_parse_entities(
            f'Tag "span" must have class "tg-spoiler" at byte offset {where}'
        )
    if name == "tg-time" and not re.fullmatch(r"-?[0-9]{1,12}", attributes.get("unix", "")):
        raise cannot_parse_entities(f'Tag "tg-time" must have attribute "unix" at offset {where}')
    reader.stack.append(_Open(name, reader.length, attributes))


def _unescape(value: str) -> str:
    return _REFERENCE.sub(lambda match: _referenced(match) or match.group(), value)


def _close(reader: _Reader, name: str, where: int) -> None:
    if not reader.stack:
        raise cannot_parse_entities(f"Unexpected end tag at byte offset {where}")
    opened = reader.stack.pop()
    if name and name != opened.tag:
        raise _unmatched(opened.tag, name, where)
    length = reader.length - opened.offset
    if length:
        _add(reader, opened, length)


def _unmatched(expected: str, found: str, where: int) -> Refusal:
    return cannot_parse_entities(
        f'Unmatched end tag at byte offset {where}, expected "</{expected}>", found "</{found}>"'
    )


def _add(reader: _Reader, opened: _Open, length: int) -> None:
    entity = _entity(opened, "".join(reader.text))
    if entity is None:
        return
    entity = {"type": entity.pop("type"), "offset": opened.offset, "length": length, **entity}
    if entity["type"] == "code" and _language(opened) and _inside_pre(reader, opened):
        # <pre><code class="language-python"> is one block with a language, not two entities
        reader.stack[-1].attributes["language"] = _language(opened)
        return
    reader.entities.append(entity)


def _entity(opened: _Open, so_far: str) -> dict[str, Any] | None:
    """The entity without its place; None for a link that leads nowhere."""
    attributes = opened.attributes
    if opened.tag == "a":
        url = attributes.get("href") or _tail(so_far, opened.offset)
        return {"type": "text_link", "url": url} if _is_link(url) else None
    if opened.tag == "blockquote":
        kind = "expandable_blockquote" if "expandable" in attributes else "blockquote"
        return {"type": kind}
    if opened.tag == "span":
        return {"type": "spoiler"}
    if opened.tag == "tg-emoji":
        return {"type": "custom_emoji", "custom_emoji_id": attributes.get("emoji-id", "")}
    if opened.tag == "tg-time":
        entity: dict[str, Any] = {"type": "date_time", "unix_time": int(attributes["unix"])}
        if attributes.get("format"):
            entity["date_time_format"] = attributes["format"]
        return entity
    if opened.tag == "pre" and attributes.get("language"):
        return {"type": "pre", "language": attributes["language"]}
    return {"type": _SIMPLE[opened.tag]}


def _tail(text: str, offset: int) -> str:
    return text.encode("utf-16-le")[offset * 2 :].decode("utf-16-le")


def _is_link(url: str) -> bool:
    return bool(re.match(r"(https?|tg|ton|mailto|tel):", url, re.IGNORECASE)) or "." in url


def _language(opened: _Open) -> str:
    name = opened.attributes.get("class", "")
    return name.removeprefix(_LANGUAGE) if name.startswith(_LANGUAGE) else ""


def _inside_pre(reader: _Reader, opened: _Open) -> bool:
    return bool(reader.stack) and (
        reader.stack[-1].tag == "pre" and reader.stack[-1].offset == opened.offset
    )
