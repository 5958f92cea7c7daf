"""Telegram's HTML style: what it becomes, what it refuses, and that nothing hostile survives."""

from __future__ import annotations

from typing import Any

import pytest
from aiogram.types import MessageEntity
from aiogram.utils.text_decorations import html_decoration
from hypothesis import given
from hypothesis import strategies as st

from app.sandbox.botapi.html import parse_html
from app.sandbox.botapi.refusal import Refusal
from app.sandbox.botapi.units import unit_offsets, units


def kinds(entities: list[dict[str, Any]]) -> list[tuple[str, int, int]]:
    return [(entity["type"], entity["offset"], entity["length"]) for entity in entities]


@pytest.mark.parametrize(
    ("source", "text", "found"),
    [
        ("plain", "plain", []),
        ("<b>a</b>", "a", [("bold", 0, 1)]),
        ("<strong>a</strong><em>b</em>", "ab", [("bold", 0, 1), ("italic", 1, 1)]),
        ("<u>a</u><ins>b</ins>", "ab", [("underline", 0, 1), ("underline", 1, 1)]),
        ("<s>a</s><del>b</del>", "ab", [("strikethrough", 0, 1), ("strikethrough", 1, 1)]),
        ("<tg-spoiler>a</tg-spoiler>", "a", [("spoiler", 0, 1)]),
        ('<span class="tg-spoiler">a</span>', "a", [("spoiler", 0, 1)]),
        ("😀<b>😀</b>", "😀😀", [("bold", 2, 2)]),
        ("<b>a<i>b</i></b>", "ab", [("italic", 1, 1), ("bold", 0, 2)]),
        ("<blockquote>q</blockquote>", "q", [("blockquote", 0, 1)]),
        ("<blockquote expandable>q</blockquote>", "q", [("expandable_blockquote", 0, 1)]),
        ("<code>x</code>", "x", [("code", 0, 1)]),
        ("<b></b>x", "x", []),
        ("a &lt;b&gt; &amp; &quot;c&quot; &#33;&#x21;", 'a <b> & "c" !!', []),
        ("fish & chips &unknown; &#0;", "fish & chips &unknown; &#0;", []),
        ("<B>A</B>", "A", [("bold", 0, 1)]),
    ],
)
def test_what_it_becomes(source: str, text: str, found: list[tuple[str, int, int]]) -> None:
    parsed, entities = parse_html(source)
    assert parsed == text
    assert kinds(entities) == found


def test_links_languages_and_times() -> None:
    _, (link,) = parse_html('<a href="https://example.org/?a=1&amp;b=2">x</a>')
    assert link["url"] == "https://example.org/?a=1&b=2"
    assert parse_html("<a>x</a>") == ("x", [])
    _, (block,) = parse_html('<pre><code class="language-python">x = 1</code></pre>')
    assert block == {"type": "pre", "offset": 0, "length": 5, "language": "python"}
    _, (moment,) = parse_html('<tg-time unix="1767614700" format="r">soon</tg-time>')
    assert moment["unix_time"] == 1_767_614_700
    assert moment["date_time_format"] == "r"


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("<img src=x>", 'Unsupported start tag "img" at byte offset 0'),
        ("é<p>x</p>", 'Unsupported start tag "p" at byte offset 2'),
        ("<b>x", 'Can\'t find end tag corresponding to start tag "b"'),
        ("<b>x</i>", 'expected "</b>", found "</i>"'),
        ("x</b>", "Unexpected end tag at byte offset 1"),
        ("1 < 2", "Unclosed start tag at byte offset 2"),
        ("<b", "Unclosed start tag at byte offset 0"),
        ("<b>x</b", "Unclosed end tag at byte offset 4"),
        ('<span class="x">y</span>', 'must have class "tg-spoiler"'),
        ("<tg-time>x</tg-time>", 'must have attribute "unix"'),
    ],
)
def test_what_it_refuses(source: str, said: str) -> None:
    with pytest.raises(Refusal) as refused:
        parse_html(source)
    assert refused.value.error_code == 400
    assert refused.value.text.startswith("Bad Request: can't parse entities: ")
    assert said in refused.value.text


@given(st.text(max_size=60))
def test_escaped_text_comes_back_as_it_was(text: str) -> None:
    assert parse_html(html_decoration.quote(text)) == (text, [])


@given(st.lists(st.text(min_size=1, max_size=8), min_size=1, max_size=5))
def test_what_aiogram_writes_is_read_back(parts: list[str]) -> None:
    text = "".join(parts)
    entities, at = [], 0
    for index, part in enumerate(parts):
        kind = ("bold", "italic", "code", "spoiler", "underline")[index]
        entities.append(MessageEntity(type=kind, offset=at, length=units(part)))
        at += units(part)
    parsed, found = parse_html(html_decoration.unparse(text, entities))
    assert parsed == text
    assert kinds(found) == [(e.type, e.offset, e.length) for e in entities]


@given(st.text(max_size=40))
def test_units_are_utf16(text: str) -> None:
    assert units(text) == len(text.encode("utf-16-le")) // 2
    offsets = unit_offsets(text)
    assert offsets[-1] == units(text)
    assert len(offsets) == len(text) + 1
