"""Which event deserves a message of its own, and in which words; the rest is an edit of a card."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from bot.cards.card import clip
from bot.cards.words import REASON_MAX, SYMBOL_MAX
from bot.i18n import Texts
from engine.api.views import EventView

#: Told with the engine's own sentence below: it names what the venue or the rules said.
_EXPLAINED: Final = (
    "order_failed",
    "order_unclear",
    "not_compared",
    "group_failed",
    "signal_refused",
    "dequeued",
    "drifted",
    "slippage",
    "guard_triggered",
    "entries_locked",
    "equity_jumped",
    "credentials",
    "reconciled",
    "external_trade",
    "risk_action",
    "fallback_rules",
    "webhook_disabled",
    "margin_kept",
    "funding_unclaimed",
    "limits_changed",
    "entries_left",
)
_URGENT: Final = ("group_opened", "group_closed", "group_failed", "exit_started", "pyramid_added")


@dataclass(frozen=True, slots=True)
class Told:
    """A notice ready to send; a ``critical`` one is never collapsed, a ``silent`` one rings not."""

    text: str
    silent: bool
    critical: bool


def notice(event: EventView, account_label: str, user_id: str, texts: Texts) -> Told | None:
    """The notice of an event; None when the card alone tells it (closes are told elsewhere)."""
    critical = event.severity == "critical"
    if event.kind == "engine_state":
        state = event.data.get("state", "")
        if event.data.get("scope") == "engine":
            return _engine(event, clip(account_label, 30), texts)
        if event.data.get("scope") == "installation":
            return _installation(state, clip(account_label, 30), texts)
        by_hand = event.data.get("by") == user_id and state != "halted"
        if by_hand or not texts.has(f"notice-state-{state}"):
            return None
        words = texts(f"notice-state-{state}", account=clip(account_label, 30))
        reason = clip(event.reason, REASON_MAX) if state == "halted" else ""
        return Told(f"{words}\n{reason}".strip(), silent=False, critical=True)
    if event.kind == "dequeued" and event.data.get("status") != "expired":
        return None
    if event.kind not in _EXPLAINED and event.kind != "promoted":
        return None
    symbol = clip(event.symbol or "—", SYMBOL_MAX)
    words = texts(f"notice-{event.kind}", symbol=symbol, account=clip(account_label, 30))
    if event.kind in _EXPLAINED:
        words = f"{words}\n{clip(event.reason, REASON_MAX)}"
    silent = event.severity == "info" or event.kind in ("dequeued", "promoted")
    return Told(words, silent=silent and not critical, critical=critical)


def _installation(state: str, account: str, texts: Texts) -> Told | None:
    """All accounts were paused, halted or let go, whoever did it."""
    if not texts.has(f"notice-installation-{state}"):
        return None
    words = texts(f"notice-installation-{state}", account=account)
    return Told(words, silent=False, critical=True)


def _engine(event: EventView, account: str, texts: Texts) -> Told | None:
    """A stall is told; a start reports what it found, and a stop is no news to who ordered it."""
    if event.data.get("state") != "stalled":
        return None
    seconds = clip(event.data.get("seconds", ""), 10)
    words = texts("notice-engine-stalled", account=account, seconds=seconds)
    return Told(words, silent=True, critical=False)


def is_urgent(event: EventView) -> bool:
    """Whether the position's card is worth showing at once."""
    return event.kind in _URGENT
