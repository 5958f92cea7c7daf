"""Logs: one line of JSON each, with correlation ids and without secrets."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from foundation import limits
from foundation.log import MASK, correlation, get_logger, mask_text, mask_value, setup

_BOT = "123456789:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw1"
_JWT = "eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.c2lnbmF0dXJlLWJ5dGVz"
_PEM = "-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEIabc\n-----END PRIVATE KEY-----"


@pytest.fixture
def lines(tmp_path: Path) -> Iterator[Any]:
    """Reads what was logged to the file so far."""
    path = tmp_path / "logs" / "app.log"
    setup("debug", "json", path)
    yield lambda: [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    setup("warning", "console")


@pytest.mark.parametrize(
    ("text", "secret"),
    [
        (f"POST https://api.telegram.org/bot{_BOT}/sendMessage", _BOT),
        (f"https://api.telegram.org/file/bot{_BOT}/photo.jpg", _BOT),
        ("postgresql://app:hunter2@db:5432/x", "hunter2"),
        ("smtps://mailer:pa$$word@mail:465", "pa$$word"),
        ("Authorization: Bearer abcdef0123456789abcdef", "abcdef0123456789abcdef"),
        ("tma query_id=AAH&user=%7B%7D&hash=deadbeef", "deadbeef"),
        (f"session {_JWT} refused", _JWT),
        (f"key {_PEM} end", "MC4CAQ"),
        ("charge with sk_live_51Habcdef failed", "sk_live_51Habcdef"),
        ("secret whsec_abcdef123456", "whsec_abcdef123456"),
        ("POST /hooks/tradingview/Zx8-3qHkV_0sW9aB1cD2eF3gH4iJ5kL6", "Zx8-3qHkV_0sW9aB1cD2"),
        ("GET /ws?token=0123456789abcdef&x=1", "0123456789abcdef"),
        ("signed: signature=0a1b2c3d4e5f", "0a1b2c3d4e5f"),
        ("https://t.me/bot?start=claim_Zx8-3qHkV_0sW9aB1cD2eF3gH4iJ5kL6mN7oP8qR9s", "Zx8-3qHkV"),
    ],
)
def test_secrets_in_text_are_masked(text: str, secret: str) -> None:
    masked = mask_text(text)
    assert secret not in masked
    assert MASK in masked


@pytest.mark.parametrize(
    "text",
    [
        "order 01jgz8x0000000000000000000 filled at 64000.5",
        "https://trade.example.org:8443/app/?x=1",
        "2026-01-05T12:00:00Z BTC/USDT 60:40",
        "account 01jgz8x0000000000000000000 hash of nothing",
    ],
)
def test_ordinary_text_stays(text: str) -> None:
    assert mask_text(text) == text


def test_secrets_are_masked_by_name_at_any_depth() -> None:
    value = {
        "bot_token": "abc", "apiKey": "abc", "nested": [{"password": "abc", "label": "fine"}],
        "initData": "abc", "token": None, "count": 3, "encryption_key": b"abc",
    }  # fmt: skip
    masked = mask_value(value)
    assert "abc" not in repr(masked)
    assert masked["nested"][0]["label"] == "fine"
    assert (masked["token"], masked["count"]) == (None, 3)


def test_a_line_is_json_with_level_time_and_logger(lines: Any) -> None:
    get_logger("engine.worker").info("order placed", account="a1", price="64000", text="日本\n")
    (line,) = lines()
    assert line["event"] == "order placed"
    assert (line["level"], line["logger"], line["account"]) == ("info", "engine.worker", "a1")
    assert line["text"] == "日本\n"
    assert line["timestamp"].endswith("Z")


def test_libraries_and_tracebacks_go_through_the_same_mask(lines: Any) -> None:
    logging.getLogger("aiogram").warning("failed: %s", f"https://api.telegram.org/bot{_BOT}/x")
    try:
        raise ValueError(f"postgresql://app:hunter2@h/x and {_BOT}")
    except ValueError:
        get_logger("x").exception("it broke", token="sesame")
    first, second = lines()
    assert first["logger"] == "aiogram"
    assert "ValueError" in second["exception"]
    shown = json.dumps([first, second])
    for secret in (_BOT, "hunter2", "sesame"):
        assert secret not in shown


async def test_correlation_follows_into_tasks_and_ends_with_the_block(lines: Any) -> None:
    log = get_logger("x")

    async def child() -> None:
        log.info("child")

    with correlation("ref-1"):
        await asyncio.gather(child())
        log.info("parent")
    log.info("outside")
    ours = [line for line in lines() if line["logger"] == "x"]
    assert [line.get("correlation_id") for line in ours] == ["ref-1", "ref-1", None]


def test_the_level_is_kept(lines: Any, tmp_path: Path) -> None:
    setup("warning", "json", tmp_path / "logs" / "app.log")
    get_logger("x").info("quiet")
    logging.getLogger("lib").info("quiet")
    get_logger("x").warning("loud")
    assert [line["event"] for line in lines()] == ["loud"]


def test_the_file_rotates(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "LOG_FILE_BYTES_MAX", 500)
    setup("info", "console", tmp_path / "app.log")
    for number in range(40):
        get_logger("x").info("line", number=number)
    setup("warning", "console")
    kept = sorted(path.name for path in tmp_path.iterdir())
    assert kept == ["app.log", *(f"app.log.{n}" for n in range(1, limits.LOG_FILES_KEPT + 1))]


def test_the_console_is_readable(capsys: pytest.CaptureFixture[str]) -> None:
    setup("info", "console")
    get_logger("x").info("order placed", bot_token="sesame")
    shown = capsys.readouterr().err
    assert "order placed" in shown
    assert "sesame" not in shown
    setup("warning", "console")
