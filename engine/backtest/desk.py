"""The desk: alerts become receipts, offers and approvals in market time, as they would live.

Every entry is priced as live: a step on a copy that nobody keeps. A simulated trader approves each
offer after thinking for a while. An offer waits out its undo
window; a newer one of the same identity withdraws it, so does an exit; a price that ran away by
then lets it lapse.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final

from engine.backtest.alerts import Alert, secret_of
from engine.backtest.driver import Driver
from engine.domain.events import SignalReceived
from engine.domain.ids import derived_id
from engine.domain.signal import Signal
from engine.domain.words import Intent
from engine.market.candle import Candle, path, path_times
from engine.offers.pricing import Wish, drift_percent, price
from engine.signals.port import Reader, Refusal
from engine.signals.registry import parse
from engine.signals.symbols import Symbols
from foundation import limits

ONE: Final = Decimal(1)


@dataclass(frozen=True, slots=True)
class Offer:
    """A signal that waits for its moment: the decision plus the undo window."""

    id: str
    signal: Signal
    effective_at: datetime


class Desk:
    """One hook, one trader, one account.

    ``receipts`` counts alerts by status, ``refusals`` those refused by code, ``decisions`` what
    became of signals by code.
    """

    def __init__(self, driver: Driver, alerts: Sequence[Alert], symbol: str) -> None:
        self.receipts: Counter[str] = Counter()
        self.refusals: Counter[str] = Counter()
        self.decisions: Counter[str] = Counter()
        self._driver = driver
        self._symbol = symbol
        self._reader = Reader("demo", secret_of(alerts), Symbols([symbol]))
        self._alerts = sorted(alerts, key=lambda alert: alert.at, reverse=True)
        self._offers: list[Offer] = []
        self._seen: set[str] = set()

    def candle(self, candle: Candle) -> None:
        """Live through one candle, and hear the alerts that its end brings."""
        for level, at in zip(path(candle), path_times(candle), strict=True):
            self._effect(at)
            self._driver.price(self._symbol, level, at)
        end = candle.at + timedelta(minutes=candle.minutes)
        while self._alerts and self._alerts[-1].at <= end:
            alert = self._alerts.pop()
            self._effect(alert.at)
            self._receive(alert)

    def _receive(self, alert: Alert) -> None:
        parsed = parse(alert.body, alert.at, self._reader)
        if isinstance(parsed, Refusal):
            self.receipts["unauthorised" if parsed.unauthorised else "refused"] += 1
            self.refusals[parsed.code] += 1
            return
        if parsed.dedupe_key in self._seen:
            self.receipts["duplicate"] += 1
            return
        if (
            parsed.sent_at is not None
            and _age_s(parsed.sent_at, alert.at) > limits.SIGNAL_MAX_LAG_S
        ):
            self.receipts["stale"] += 1
            return
        self._seen.add(parsed.dedupe_key)
        self.receipts["accepted"] += 1
        self._fan_out(parsed.signal, alert.at)

    def _fan_out(self, signal: Signal, at: datetime) -> None:
        """Exits act at once; entries are offered; a reverse is one of each."""
        if signal.intent is Intent.REVERSE:
            leave = replace(
                signal,
                id=derived_id("exit", signal.id),
                intent=Intent.EXIT,
                side=signal.side.opposite,
            )
            self._fan_out(leave, at)
            signal = replace(signal, intent=Intent.ENTER)
        if signal.intent is not Intent.ENTER:
            if signal.intent is Intent.EXIT:
                self._withdraw(signal)
            self._count(self._driver.signal(SignalReceived(signal), at).code)
            return
        self._withdraw(signal)
        fact = SignalReceived(signal, "person")
        quote = price(self._driver.account, Wish(signal, ONE, self._driver.market(fact), at))
        if quote.place == "refused":
            self._count(quote.code)
            return
        self.decisions["offered"] += 1
        undo = self._driver.account.settings.undo_seconds
        moment = at + timedelta(seconds=limits.DEMO_DECISION_S + undo)
        self._offers.append(Offer(derived_id("offer", signal.id), signal, moment))

    def _withdraw(self, signal: Signal) -> None:
        """Pending entries of the same symbol, timeframe and side make way."""
        kept = [offer for offer in self._offers if not _same(offer.signal, signal)]
        self.decisions["withdrawn"] += len(self._offers) - len(kept)
        self._offers = kept

    def _effect(self, now: datetime) -> None:
        """Let every approval take effect whose moment has come."""
        due = [offer for offer in self._offers if offer.effective_at <= now]
        for offer in due:
            self._offers.remove(offer)
            self._driver.pass_time(offer.effective_at)
            if self._drifted(offer.signal):
                self.decisions["drifted"] += 1
                continue
            fact = SignalReceived(offer.signal, "person", offer.id)
            self.decisions["approved"] += 1
            self._count(self._driver.signal(fact, offer.effective_at).code)

    def _drifted(self, signal: Signal) -> bool:
        quote = self._driver.quote(signal.symbol)
        if quote is None or not signal.entry_price:
            return False
        moved = drift_percent(signal.entry_price, quote.price)
        return moved > self._driver.account.settings.max_drift_percent

    def _count(self, code: str) -> None:
        self.decisions[code] += 1


def _same(one: Signal, other: Signal) -> bool:
    return (one.symbol, one.timeframe, one.side) == (other.symbol, other.timeframe, other.side)


def _age_s(sent_at: datetime, now: datetime) -> float:
    return (now - sent_at).total_seconds()
