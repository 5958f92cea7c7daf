"""Presenters: golden per language, and within Telegram's limits whatever the data."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from bot.cards.card import Card, card, clip, units
from bot.cards.look import Look
from bot.cards.offer import levels_text, lost_text, offer_card
from bot.cards.position import closed_notice, position_card
from bot.cards.position_chart import chart
from bot.cards.recipe import ChartRecipe
from bot.features.alerts import cards as alerts
from bot.features.closing import cards as closing
from bot.features.closing.emergency import Picture, Report
from bot.features.start import cards as start
from bot.i18n import LOCALES, texts_for
from bot.risk import RISK_VERSION
from engine.api.views import GroupDetail, ReceiptView, StopView
from tests.bot.golden import check
from tests.bot.views import (
    AT,
    account,
    candles,
    closed_detail,
    detail,
    extreme_offer,
    group,
    leg,
    offer,
)

D = Decimal
APP = "https://cs.example/app/"
DECIDED = {
    "decided_by": "me",
    "decided_channel": "chat",
    "decided_at": AT + timedelta(seconds=30),
    "effective_at": AT + timedelta(seconds=35),
}


def stopped_at(where: Any) -> GroupDetail:
    base = detail(venue="binance")
    return replace(base, stop=StopView(D("60840.5"), D("0.0062"), where, D("0.0062")))


CARDS: dict[str, Callable[[Look], Card]] = {
    "offer_pending": lambda look: offer_card(offer(), look, candles(), needs_consent=True),
    "offer_half": lambda look: offer_card(offer(size_factor=D("0.5"), version=2), look),
    "offer_queue": lambda look: offer_card(offer(place="queue", slots_taken=10), look),
    "offer_approved": lambda look: offer_card(offer(status="approved", **DECIDED), look),
    "offer_opened": lambda look: offer_card(
        offer(status="approved", taken=True, group_id="g", outcome_code="opened", **DECIDED), look
    ),
    "offer_rejected_in_app": lambda look: offer_card(
        offer(status="rejected", **{**DECIDED, "decided_channel": "app"}), look
    ),
    "offer_expired": lambda look: offer_card(offer(status="expired"), look),
    "offer_undone": lambda look: offer_card(
        offer(status="withdrawn", outcome_code="undone", outcome_text="x", **DECIDED), look
    ),
    "position_open": lambda look: position_card(detail(), look),
    "position_stop_at_venue": lambda look: position_card(stopped_at("venue"), look),
    "position_stop_on_its_way": lambda look: position_card(stopped_at("sending"), look),
    "position_stop_watched": lambda look: position_card(stopped_at("engine"), look),
    "position_closing": lambda look: position_card(detail(status="closing"), look),
    "position_won": lambda look: position_card(closed_detail(), look),
    "position_lost": lambda look: position_card(closed_detail("-7", exit_reason="manual"), look),
    "start_risk": lambda look: start.risk(look.texts, RISK_VERSION),
    "start_ready": lambda look: start.ready(account(), look),
    "stop_ask": lambda look: closing.confirm_all(
        account(), Picture((detail(), detail()), 3), "stop", look.texts
    ),
    "stop_done": lambda look: closing.stopped(
        account(state="paused"),
        Report(3, 1, ("BTC/USDT",), ("ETH/USDT",), ("BTC/USDT", "BTC/USDT"), 2),
        look.texts,
    ),
}


def look(locale: str, theme: str = "dark") -> Look:
    return Look(texts_for(locale), "light" if theme == "light" else "dark", APP)


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("name", CARDS)
def test_golden(name: str, locale: str) -> None:
    check(f"{name}.{locale}", CARDS[name](look(locale)))


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("status", ["pending", "approved", "rejected", "expired", "withdrawn"])
def test_the_most_extreme_offer_fits(locale: str, status: str) -> None:
    shown = offer_card(
        replace(extreme_offer(), status=status, outcome_text="word " * 200, **DECIDED),
        look(locale),
        candles(),
        needs_consent=True,
    )
    assert units(shown.text) <= 1024
    assert units(shown.text.split("\n")[0]) <= 60
    assert not shown.text.endswith("…")
    _within_limits(shown)


@pytest.mark.parametrize("locale", LOCALES)
def test_a_group_with_thirty_five_legs_fits(locale: str) -> None:
    base = detail()
    many = tuple(leg(n, f"{64000 - n * 10}.5", "0.001") for n in range(35))
    pyramid = replace(base.pyramids[0], legs=many)
    full = replace(
        base,
        group=group(symbol="X" * 90, strategy="s" * 500, legs_total=35, status="active"),
        pyramids=(pyramid,),
    )
    shown = position_card(full, look(locale))
    assert units(shown.text) <= 1024
    assert units(shown.text.split("\n")[0]) <= 60
    _within_limits(shown)
    assert len(chart(full, look(locale), candles()).levels) > 15


def _within_limits(shown: Card) -> None:
    length = units(shown.text)
    for entity in shown.entities:
        assert entity["offset"] + entity["length"] <= length
    rows = shown.markup.inline_keyboard if shown.markup else []
    for row in rows:
        for button in row:
            if button.callback_data is not None:
                assert 1 <= len(button.callback_data.encode()) <= 64
            if button.copy_text is not None:
                assert 1 <= units(button.copy_text.text) <= 256


def test_a_card_is_cut_to_the_limit_with_its_entities() -> None:
    long = card("🚀" * 5000)
    assert units(long.text) <= 4096
    assert long.text.endswith("…")


def test_clip_never_splits_a_pair() -> None:
    assert clip("🚀" * 10, 6) == "🚀🚀…"
    assert clip("a\n  b", 10) == "a b"


def test_levels_are_plain_numbers_for_other_programs() -> None:
    assert levels_text(offer()).startswith(
        "BTC/USDT LONG\nentry 64210.5\nstop 61000\ntarget 64852.6\nleg 1 64210.5"
    )


def test_the_loser_is_told_who_when_and_where() -> None:
    texts = texts_for("en")
    decided = offer(status="approved", **DECIDED)
    assert lost_text(decided, texts) == "You approved this already at 12:00:30 UTC (in the chat)."
    by_rule = replace(decided, decided_channel="policy")
    assert "auto-approve" in lost_text(by_rule, texts)
    assert "expired" in lost_text(offer(status="expired"), texts)
    assert "re-priced" in lost_text(offer(), texts)


def test_without_an_address_there_is_no_app_button() -> None:
    shown = offer_card(offer(), Look(texts_for("en"), "dark", None))
    assert shown.markup is not None
    assert all(b.web_app is None for row in shown.markup.inline_keyboard for b in row)


def test_the_close_is_told_in_one_line() -> None:
    line = closed_notice(closed_detail(), texts_for("en"))
    assert line == "✅ BTC/USDT closed: +$12.30 (+2.67 %) — target reached".replace(" %", "\u202f%")


def test_a_recipe_survives_its_way_through_a_row() -> None:
    made = chart(closed_detail(), look("ru", "light"), candles())
    assert ChartRecipe.from_json(made.as_json()) == made


def test_a_reverse_is_shown_with_both_its_halves_though_it_was_accepted() -> None:
    told = ReceiptView(
        "r", "h", "acc", "accepted", "account_paused", "Closing. Entry: paused.", None,
        "BTC/USDT", 15, "short", "reverse", AT, "s", "closing",
    )  # fmt: skip
    shown = look("en")
    assert "Closing. Entry: paused." in alerts.receipts(account(), [told], shown).text
    plain = replace(told, intent="enter", exit_code=None)
    assert "Closing" not in alerts.receipts(account(), [plain], shown).text
