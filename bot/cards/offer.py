"""The offer card: a signal put to one person, until and after it is decided."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from aiogram.types import InlineKeyboardButton
from aiogram.utils.formatting import Pre, Text

from bot.callbacks import GroupPress, OfferPress
from bot.cards.card import Card, card, clip, copies, press
from bot.cards.look import Look
from bot.cards.offer_chart import chart
from bot.cards.words import (
    REASON_MAX,
    SYMBOL_MAX,
    change_percent,
    coded,
    side_icon,
    timeframe,
)
from bot.i18n import Texts
from bot.numbers import price_digits
from bot.times import clock_time, in_seconds, relative
from engine.api.views import CandleView, OfferView
from foundation.limits import TELEGRAM_COPY_UNITS_MAX
from foundation.money import plain

_LEGS_SHOWN = 7
_ONE = Decimal(1)


def offer_card(
    offer: OfferView,
    look: Look,
    candles: Sequence[CandleView] | None = None,
    *,
    needs_consent: bool = False,
) -> Card:
    """The card of an offer in any state; ``candles`` (None = keep the picture) make its chart."""
    photo = chart(offer, look, candles) if candles is not None else None
    if offer.status == "pending":
        return card(
            headline(offer, look.texts),
            "",
            *_facts(offer, look.texts),
            look.texts("offer-consent") if needs_consent else None,
            look.texts.rich("offer-expires", when=relative(offer.expires_at)),
            rows=_pending_rows(offer, look),
            photo=photo,
        )
    return card(
        headline(offer, look.texts),
        *_stamp(offer, look.texts),
        "",
        *_summary(offer, look.texts),
        _capital(offer, look.texts) if offer.legs else None,
        rows=_decided_rows(offer, look),
        photo=photo,
    )


def headline(offer: OfferView, texts: Texts) -> str:
    """Complete without the picture and short enough for a push preview."""
    return texts(
        "offer-headline",
        icon=side_icon(offer.side),
        side=texts(f"side-{offer.side}"),
        symbol=clip(offer.symbol, SYMBOL_MAX),
        step=offer.pyramid_step,
        steps=offer.max_pyramids,
    )


def lost_text(offer: OfferView, texts: Texts) -> str:
    """What the loser of a race is told: who decided, when and where."""
    if offer.status in ("expired", "withdrawn"):
        return texts(f"offer-lost-{offer.status}")
    if offer.status == "pending" or offer.decided_at is None:
        return texts("offer-lost-changed")
    at = f"{offer.decided_at:%H:%M:%S}"
    if offer.decided_channel == "policy":
        return texts("offer-lost-policy", at=at)
    verb = "approve" if offer.status == "approved" else "reject"
    channel = texts("channel-name", channel=offer.decided_channel or "chat")
    return texts(f"offer-lost-{verb}", at=at, channel=channel)


def digits_of(offer: OfferView) -> int:
    """Decimals of a price: those of the ladder, which lies on ticks."""
    return price_digits([offer.entry_price, *(leg.price for leg in offer.legs)])


def _facts(offer: OfferView, texts: Texts) -> list[Any]:
    return [
        *_summary(offer, texts),
        _ladder(offer, texts),
        _average(offer, texts),
        _size(offer, texts),
        _capital(offer, texts),
        texts(
            "offer-exposure",
            before=texts.numbers.usd(offer.exposure_before_usd),
            after=texts.numbers.usd(offer.exposure_after_usd),
        ),
        _place(offer, texts),
        _why(offer, texts),
    ]


def _capital(offer: OfferView, texts: Texts) -> str:
    return texts(
        "offer-risk",
        usd=texts.numbers.usd(offer.capital_usd),
        percent=texts.numbers.percent(offer.capital_percent),
    )


def _summary(offer: OfferView, texts: Texts) -> list[str | None]:
    digits = digits_of(offer)
    frame = timeframe(texts, offer.timeframe)
    base = offer.entry_price or offer.market_price
    if base is None:
        entry = texts("offer-market", timeframe=frame)
    else:
        entry = texts("offer-entry", price=texts.numbers.price(base, digits), timeframe=frame)
    return [entry, _away("target", offer, texts, digits), _away("stop", offer, texts, digits)]


def _away(what: str, offer: OfferView, texts: Texts, digits: int) -> str | None:
    price = offer.target_price if what == "target" else offer.stop_price
    base = offer.entry_price or offer.market_price
    if price is None or base is None:
        return None
    percent = texts.numbers.percent(change_percent(base, price), sign=True)
    return texts(f"offer-{what}", price=texts.numbers.price(price, digits), percent=percent)


def _ladder(offer: OfferView, texts: Texts) -> Text | None:
    if not offer.legs:
        return None
    digits = digits_of(offer)
    rows = [
        (
            str(leg.index + 1),
            texts.numbers.price(leg.price, digits),
            texts.numbers.percent(leg.gap_percent, sign=True, digits=1),
            texts.numbers.usd(leg.capital_usd),
        )
        for leg in offer.legs[:_LEGS_SHOWN]
    ]
    widths = [max(len(row[column]) for row in rows) for column in range(4)]
    lines = (
        "  ".join(cell.rjust(width) for cell, width in zip(row, widths, strict=True))
        for row in rows
    )
    return Text(texts("offer-ladder", count=len(offer.legs)), "\n", Pre("\n".join(lines)))


def _average(offer: OfferView, texts: Texts) -> str | None:
    if offer.average_if_filled is None or len(offer.legs) < 2:
        return None
    price = texts.numbers.price(offer.average_if_filled, digits_of(offer))
    return texts("offer-average", price=price)


def _size(offer: OfferView, texts: Texts) -> str | None:
    if offer.size_factor == _ONE:
        return None
    if offer.size_factor == Decimal("0.5"):
        return texts("offer-half")
    return texts("offer-size", factor=texts.numbers.quantity(offer.size_factor))


def _place(offer: OfferView, texts: Texts) -> str:
    words = texts(
        f"offer-place-{offer.place}",
        slot=min(offer.slots_taken + 1, offer.slots_total),
        slots=offer.slots_total,
        taken=offer.slots_taken,
    )
    if offer.place == "refused":
        return f"{words}: {clip(offer.place_text, REASON_MAX)}"
    return words


def _why(offer: OfferView, texts: Texts) -> str:
    if offer.reason:
        return texts("offer-why", reason=clip(offer.reason, REASON_MAX))
    source = texts("source-name", source=offer.source)
    if offer.strategy:
        return texts("offer-source-strategy", source=source, strategy=clip(offer.strategy, 40))
    return texts("offer-source", source=source)


def _stamp(offer: OfferView, texts: Texts) -> list[Any]:
    """Who decided, when, and what came of it."""
    if offer.status == "expired":
        return [texts("offer-expired")]
    prefix = "offer-dropped-" if offer.status == "withdrawn" else "offer-code-"
    outcome = coded(texts, prefix, offer.outcome_code, offer.outcome_text)
    told = clip(outcome, REASON_MAX) if outcome else None
    if offer.status == "withdrawn" or offer.decided_at is None:
        return [texts("offer-withdrawn"), told]
    if offer.decided_channel == "policy":
        key = "offer-by-policy"
    else:
        verb = "approve" if offer.status == "approved" else "reject"
        key = f"offer-by-{'app' if offer.decided_channel == 'app' else 'you'}-{verb}"
    lines: list[Any] = [texts.rich(key, when=clock_time(offer.decided_at))]
    if offer.status == "approved" and not offer.taken and offer.effective_at is not None:
        lines.append(texts.rich("offer-undo-left", when=in_seconds(offer.effective_at)))
    elif offer.status == "approved":
        lines.append(told or texts("offer-taken"))
    return lines


def _pending_rows(offer: OfferView, look: Look) -> list[Sequence[InlineKeyboardButton]]:
    texts = look.texts
    full = offer.size_factor == _ONE
    size = press(
        texts("button-half" if full else "button-full"),
        OfferPress(act="half" if full else "full", id=offer.id, version=offer.version).pack(),
    )
    return [
        (
            press(
                texts("button-approve"),
                OfferPress(act="approve", id=offer.id, version=offer.version).pack(),
                "success",
            ),
            press(
                texts("button-reject"),
                OfferPress(act="reject", id=offer.id, version=offer.version).pack(),
                "danger",
            ),
        ),
        (size, copies(texts("button-copy-levels"), levels_text(offer))),
        look.app_button(f"offers/{offer.id}"),
    ]


def _decided_rows(offer: OfferView, look: Look) -> list[Sequence[InlineKeyboardButton]]:
    if offer.status != "approved":
        return []
    if not offer.taken and offer.effective_at is not None:
        undo = OfferPress(act="undo", id=offer.id, version=offer.version).pack()
        return [(press(look.texts("button-undo"), undo),)]
    if offer.group_id is None:
        return [look.app_button(f"offers/{offer.id}")]
    shown = press(
        look.texts("button-open-position"), GroupPress(act="open", id=offer.group_id).pack()
    )
    return [(shown,), look.app_button(f"positions/{offer.group_id}")]


def levels_text(offer: OfferView) -> str:
    """Levels for the clipboard: plain numbers that other programs can read."""
    lines = [f"{offer.symbol} {offer.side.upper()}"]
    if offer.entry_price is not None:
        lines.append(f"entry {plain(offer.entry_price)}")
    if offer.stop_price is not None:
        lines.append(f"stop {plain(offer.stop_price)}")
    if offer.target_price is not None:
        lines.append(f"target {plain(offer.target_price)}")
    for leg in offer.legs:
        line = f"leg {leg.index + 1} {plain(leg.price)}"
        if len("\n".join([*lines, line])) > TELEGRAM_COPY_UNITS_MAX:
            break
        lines.append(line)
    return "\n".join(lines)[:TELEGRAM_COPY_UNITS_MAX]
