"""A desk for tests of the risk engine: positions at entry prices, a market that moves them."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

from engine.domain.commands import PlaceOrder
from engine.domain.events import RiskCommanded
from engine.domain.group import Group
from engine.domain.notices import Notice, NoticeKind, Outcome
from engine.domain.offset import OffsetPlan
from engine.domain.words import Side
from tests.engine.decide.kit import D, Desk, instrument

ONE_LEG = [{"gap_percent": "0", "weight_percent": "100", "tp_percent": "500"}]
LOSER, WINNER, SECOND = "ETH/USDT", "SOL/USDT", "XRP/USDT"


class RiskDesk(Desk):
    """Groups of one leg, 1,000 USD each, full with one entry; timers end at once; no fees."""

    def __init__(self, **risk: Any) -> None:
        rules = {"post_full_wait_minutes": 0, "closing_fee_percent": "0", **risk}
        settings: dict[str, Any] = {"ladder": ONE_LEG, "max_pyramids": 1, "risk": rules}
        settings["protection"] = {"drawdown": {"enabled": False}}
        super().__init__(**settings)
        for symbol in (LOSER, WINNER, SECOND):
            self.market(symbol)

    def market(self, symbol: str, **rules: Any) -> None:
        step = {"step": D("0.001"), "min_quantity": D("0.001")}
        self.prices[symbol] = D(100)
        self.instruments[symbol] = instrument(symbol, **(step | rules))

    def hold(self, symbol: str = LOSER, side: Side = Side.LONG, fee: str = "0") -> Group:
        """A position of 10 units at 100."""
        self.enter("100", symbol=symbol, side=side)
        for order in self.new_orders():
            self.fill(order, "100", fee=fee)
        return self.of(symbol)

    def of(self, symbol: str) -> Group:
        """The newest group of a symbol."""
        return [g for g in self.account.groups.values() if g.symbol == symbol][-1]

    def move(self, **prices: str) -> None:
        """Set prices without anybody noticing: ETH="90"."""
        self.prices.update({f"{base}/USDT": D(price) for base, price in prices.items()})

    def run(self) -> Outcome:
        return self.risk("run_now")

    def risk(self, action: Any, group_id: str | None = None) -> Outcome:
        return self.give(RiskCommanded(action, group_id, "user"))

    def fill_all(self, slip: str = "1") -> None:
        """Fill what the last fact ordered at market times ``slip``, until nothing more comes."""
        while orders := [o for o in self.new_orders() if o.reduce_only]:
            for order in orders:
                self.sell(order, slip)

    def sell(self, order: PlaceOrder, slip: str = "1") -> Outcome:
        price = self.prices[order.symbol] * D(slip)
        return self.fill(order, str(price), fee=str(self._fee(order.quantity * price)))

    def _fee(self, notional: Decimal) -> Decimal:
        return notional * self.account.settings.risk.closing_fee_percent / 100

    @property
    def plan(self) -> OffsetPlan:
        assert self.account.offset is not None, "no plan has begun"
        return self.account.offset

    def notices(self, kind: NoticeKind) -> list[Notice]:
        """Of the last fact."""
        return [notice for notice in self.last.notices if notice.kind is kind]

    def winners_told(self) -> Any:
        return json.loads(self.notices(NoticeKind.RISK_ACTION)[-1].data["winners"])
