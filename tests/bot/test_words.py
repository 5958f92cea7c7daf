"""Languages complete, plurals proper, numbers as each locale writes them; secrets spotted."""

from __future__ import annotations

import json
import re
from decimal import Decimal
from pathlib import Path

import pytest
from aiogram.utils.formatting import Bold

import bot
from bot.i18n import DEFAULT, LOCALES, keys, sources, texts_for
from bot.inbox.secrets import MARK, secret_kind, without_secret
from bot.numbers import Numbers, price_digits
from foundation.errors import ContractBroken

D = Decimal
N = "\u202f"


@pytest.mark.parametrize("locale", LOCALES)
def test_every_locale_has_every_key_with_the_same_values(locale: str) -> None:
    mine, base = keys(locale), keys(DEFAULT)
    assert set(mine) == set(base)
    assert {k: v for k, v in mine.items() if v != base[k]} == {}


def test_every_text_is_used() -> None:
    code = "\n".join(p.read_text() for p in Path(bot.__file__).parent.rglob("*.py"))
    prefixes = set(re.findall(r'["\']([a-z][a-z_-]*[-_])(?:\{|["\'])', code))
    prefixes |= set(re.findall(r'f["\']([a-z][a-z-]*)\{', code))
    unused = [
        key
        for key in keys(DEFAULT)
        if f'"{key}"' not in code
        and f"'{key}'" not in code
        and not any(key.startswith(prefix) for prefix in prefixes)
    ]
    assert unused == []


def test_russian_counts_in_three_forms() -> None:
    """A count of things needs one, few and many wherever English needs one and other."""
    texts = texts_for("ru")
    made = [texts("offers-title", count=n) for n in (1, 3, 5, 21, 111)]
    assert [words.split()[1] for words in made] == [
        "предложение",
        "предложения",
        "предложений",
        "предложение",
        "предложений",
    ]
    for source in sources("ru"):
        for body in re.findall(r"\[one\].*?\n\}", source.read_text(), re.S):
            assert "[few]" in body, body


def test_a_missing_text_or_value_is_our_own_fault() -> None:
    with pytest.raises(ContractBroken, match="no text"):
        texts_for("en")("no-such-text")
    with pytest.raises(ContractBroken, match="cannot be built"):
        texts_for("en")("offer-why")


def test_nodes_go_into_sentences() -> None:
    text, entities = texts_for("en").rich("start-welcome", name=Bold("Ann")).render()
    assert text == "👋 Hello, Ann!"
    assert (entities[0].type, entities[0].offset, entities[0].length) == ("bold", 10, 3)


@pytest.mark.parametrize(("tag", "locale"), [("ru-RU", "ru"), ("pt-br", "en"), (None, "en")])
def test_unknown_languages_get_english(tag: str | None, locale: str) -> None:
    assert texts_for(tag).locale == locale


@pytest.mark.parametrize(
    ("locale", "value", "text"),
    [
        ("en", "-1234.5", "−$1,234.50"),
        ("en", "12.3", "+$12.30"),
        ("en", "-0.001", "$0.00"),
        ("en", "12345678.9", f"+$12.35{N}M"),
        ("ru", "-1234.5", f"−1{N}234,50{N}$"),
        ("ru", "2000000000", f"+2,00{N}B{N}$"),
    ],
)
def test_amounts(locale: str, value: str, text: str) -> None:
    assert Numbers(locale).usd(D(value), sign=True) == text


def test_prices_have_the_digits_of_their_tick() -> None:
    digits = price_digits([D("0.0000049018"), D("1.5"), None])
    assert digits == 10
    assert Numbers("ru").price(D("0.0000049018"), digits) == "0,0000049018"
    assert Numbers("en").price(D("64210.5"), price_digits([D("64210.50")])) == "64,210.50"
    assert Numbers("en").percent(D("-1.855"), sign=True) == f"−1.86{N}%"


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("vmPUZE6mv9SD5VNHk4HlWFsOr6aKE2zvsw0MuIgwCIPy6utIco14y7Ju91duEh8A", "key"),
        ("my key: tSx9ZmV2bQ81Klp0aQw7Er5tYu3iOp2aSd4", "key"),
        ("7000000001:AAF-token-of-a-bot_0123456789abcd", "key"),
        ("0x4c0883a69102937d6231471b5dbb6204fe5129617082792ae468d01a3f362318", "key"),
        ("-----BEGIN EC PRIVATE KEY-----\nMHc", "key"),
        (
            "abandon ability able about above absent absorb abstract absurd abuse access accident",
            "seed",
        ),
        ("/start claim_Zk3vJx0aQw7Er5tYu3iOp2aSd4fGh6jKl8zXc0vBn", None),
        ("https://t.me/some_bot?start=abcdefghijklmnopqrstuvwxyz0123456789", None),
        ("https://x.example/?api_key=Zk3vJx0aQw7Er5tYu3iOp2aSd4fGh6jKl8zX", "key"),
        ("please close my bitcoin position when it is in profit tomorrow ok", None),
        ("BTC/USDT", None),
        ("supercalifragilisticexpialidocious-supercalifragilistic", None),
        ("", None),
    ],
)
def test_secrets_are_spotted_and_talk_is_not(text: str, kind: str | None) -> None:
    assert secret_kind(text) == kind


def test_a_secret_never_reaches_the_row() -> None:
    secret = "vmPUZE6mv9SD5VNHk4HlWFsOr6aKE2zvsw0MuIgwCIPy6utIco14y7Ju91duEh8A"
    entities = [{"type": "code", "offset": 0, "length": 64}]
    message = {"message_id": 1, "text": secret, "entities": entities}
    for name in ("message", "edited_message"):
        stored = json.dumps(without_secret({"update_id": 1, name: message}))
        assert secret not in stored
        assert "entities" not in stored
    captioned = without_secret({"update_id": 1, "message": {"caption": secret}})
    assert captioned["message"]["caption"] == f"{MARK}key"
