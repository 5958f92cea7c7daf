"""One user's orders, coins and positions at the fake Binance, under the exchange's own rules."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

D = Decimal
ZERO = D(0)
FIXTURES = Path(__file__).resolve().parents[2] / "fixtures" / "binance"
SPOT_FEE, SPOT_FEE_BNB, LINEAR_FEE = D("0.001"), D("0.00075"), D("0.0005")
MOST_CONDITIONAL = 200
"""Open conditional orders of one account, over all symbols."""
CONDITIONAL = {"STOP", "STOP_MARKET", "TAKE_PROFIT", "TAKE_PROFIT_MARKET", "TRAILING_STOP_MARKET"}
OPEN = {"NEW", "PARTIALLY_FILLED"}


class Refusal(Exception):
    """What the exchange answers instead: HTTP status, code, words."""

    def __init__(self, code: int, text: str, status: int = 400) -> None:
        super().__init__(text)
        self.code, self.text, self.status = code, text, status


@dataclass(slots=True)
class Order:
    """An order, or (``algo``) a conditional one that waits for its trigger."""

    id: int
    client_id: str
    symbol: str
    side: str
    kind: str
    tif: str
    quantity: Decimal
    price: Decimal
    trigger: Decimal
    reduce_only: bool
    position_side: str
    at: int
    status: str = "NEW"
    done: Decimal = ZERO
    cost: Decimal = ZERO
    algo: bool = False
    actual: int | None = None

    @property
    def sign(self) -> int:
        return 1 if self.side == "BUY" else -1

    @property
    def left(self) -> Decimal:
        return self.quantity - self.done


@dataclass(slots=True)
class Done:
    """One execution."""

    id: int
    order: Order
    quantity: Decimal
    price: Decimal
    fee: Decimal
    fee_asset: str
    at: int


@dataclass(slots=True)
class Market:
    """Spot or futures: symbols as recorded, prices, and how much executes at once."""

    name: str
    now: Callable[[], int]
    symbols: dict[str, Any] = field(default_factory=dict)
    prices: dict[str, Decimal] = field(default_factory=dict)
    depth: dict[str, Decimal] = field(default_factory=dict)
    numbers: int = 1000

    def number(self) -> int:
        self.numbers += 1
        return self.numbers

    def rule(self, symbol: str, kind: str) -> dict[str, Any]:
        row = self.symbols[symbol]
        return next((one for one in row["filters"] if one["filterType"] == kind), {})


def contract_in_usdc(market: Market) -> None:
    """List ``BTCUSDC`` beside ``BTCUSDT``: the same contract, settled in the other coin."""
    row, coin = market.symbols["BTCUSDT"], "USDC"
    usdc = {"symbol": "BTCUSDC", "quoteAsset": coin, "marginAsset": coin}
    market.symbols["BTCUSDC"] = {**row, **usdc}
    market.prices["BTCUSDC"] = market.prices["BTCUSDT"]


def load(name: str, now: Callable[[], int]) -> Market:
    recorded = json.loads((FIXTURES / f"{name}_exchange_info.json").read_text())
    market = Market(name, now, {row["symbol"]: row for row in recorded["symbols"]})
    market.prices = {"BTCUSDT": D(60000), "ETHUSDT": D(3000), "BNBUSDT": D(600), "ADAUSDT": D(1)}
    return market


class Book:
    """Orders and money of one user in one market. ``told`` hears of every change."""

    def __init__(self, market: Market) -> None:
        self.market = market
        self.coins: dict[str, Decimal] = {}
        self.positions: dict[tuple[str, str], Decimal] = {}
        self.orders: list[Order] = []
        self.executions: list[Done] = []
        self.income: list[dict[str, Any]] = []
        self.leverage: dict[str, int] = {}
        self.isolated: set[str] = set()
        self.multi_assets = False
        self.hedge = False
        self.pays_in_bnb = False
        self.told: Callable[[str, Order], None] = lambda _what, _order: None

    @property
    def linear(self) -> bool:
        return self.market.name == "linear"

    def margin_type(self, symbol: str) -> str:
        return "ISOLATED" if symbol in self.isolated else "CROSSED"

    # --- placing -----------------------------------------------------------------------------

    def place(self, query: dict[str, str], algo: bool = False) -> Order:
        order = self._read(query, algo)
        self._check_rules(order)
        self._check_id(order)
        self._check_reducing(order)
        self._check_trigger(order)
        if not algo:
            self._check_money(order)
        self.orders.append(order)
        self.told("NEW", order)
        if order.kind not in {"STOP_LOSS", "STOP_LOSS_LIMIT", "STOP_MARKET"}:
            self._arrive(order)
        return order

    def _read(self, query: dict[str, str], algo: bool) -> Order:
        symbol, kind = query.get("symbol", ""), query.get("type", "")
        if symbol not in self.market.symbols:
            raise Refusal(-1121, "Invalid symbol.")
        if self.linear and kind in CONDITIONAL and not algo:
            text = "Order type not supported for this endpoint. Please use the Algo Order API "
            raise Refusal(-4120, text + "endpoints instead.")
        if self.market.symbols[symbol]["status"] != "TRADING":
            if self.linear:
                raise Refusal(-4140, "Invalid symbol status for opening position.")
            raise Refusal(-2010, "Market is closed.")
        if not self.linear and kind not in {*self.market.symbols[symbol]["orderTypes"]}:
            raise Refusal(-1116, "Invalid orderType.")
        side = query.get("positionSide", "BOTH")
        if (side != "BOTH") != self.hedge:
            raise Refusal(-4061, "Order's position side does not match user's setting.")
        if self.hedge and "reduceOnly" in query:
            raise Refusal(-1106, "Parameter 'reduceonly' sent when not required.")
        trigger = D(query.get("triggerPrice") or query.get("stopPrice") or "0")
        return Order(
            id=self.market.number(),
            client_id=query.get("clientAlgoId") or query.get("newClientOrderId") or "web_abc",
            symbol=symbol,
            side=query["side"],
            kind=kind,
            tif=query.get("timeInForce", "GTC"),
            quantity=D(query.get("quantity", "0")),
            price=D(query.get("price", "0")),
            trigger=trigger,
            reduce_only=query.get("reduceOnly") == "true",
            position_side=side,
            at=self.market.now(),
            algo=algo,
        )

    def _check_rules(self, order: Order) -> None:
        symbol, linear = order.symbol, self.linear
        lots = self.market.rule(symbol, "LOT_SIZE")
        ticks = self.market.rule(symbol, "PRICE_FILTER")
        if order.quantity < D(lots["minQty"]) or order.quantity > D(lots["maxQty"]):
            raise self._filter("LOT_SIZE", -4004, "Quantity less than or equal to zero.")
        if order.quantity % D(lots["stepSize"]):
            text = "Qty not increased by step size."
            raise self._filter("LOT_SIZE", -4023, text)
        for price in (order.price, order.trigger):
            if price % D(ticks["tickSize"]):
                raise self._filter("PRICE_FILTER", -4014, "Price not increased by tick size.")
        price = order.price or order.trigger or self.market.prices[symbol]
        least = self._least(symbol)
        if order.quantity * price < least and not (linear and order.reduce_only):
            text = (
                f"Order's notional must be no smaller than {least} (unless you choose reduce only)."
            )
            raise self._filter("NOTIONAL", -4164, text)

    def _filter(self, name: str, code: int, text: str) -> Refusal:
        return Refusal(code, text) if self.linear else Refusal(-1013, f"Filter failure: {name}")

    def _least(self, symbol: str) -> Decimal:
        rule = self.market.rule(symbol, "NOTIONAL") or self.market.rule(symbol, "MIN_NOTIONAL")
        return D(rule.get("minNotional") or rule.get("notional") or "0")

    def _check_id(self, order: Order) -> None:
        for other in self.orders:
            if other.client_id == order.client_id and other.status in OPEN:
                if self.linear:
                    raise Refusal(-4116, "ClientOrderId is duplicated.")
                raise Refusal(-2010, "Duplicate order sent.")

    def _check_reducing(self, order: Order) -> None:
        reduces = order.reduce_only or (self.hedge and self._closes(order))
        if not self.linear or not reduces or order.algo:
            return
        held = self.positions.get((order.symbol, order.position_side), ZERO)
        if held * order.sign >= 0:
            raise Refusal(-2022, "ReduceOnly Order is rejected.")
        order.quantity = min(order.quantity, abs(held))

    def _check_trigger(self, order: Order) -> None:
        if not order.trigger:
            return
        if sum(one.algo and one.status in OPEN for one in self.orders) >= MOST_CONDITIONAL:
            raise Refusal(-4045, "Reach max stop order limit.")
        if (self.market.prices[order.symbol] - order.trigger) * order.sign >= 0:
            if self.linear:
                raise Refusal(-2021, "Order would immediately trigger.")
            raise Refusal(-2010, "Order would trigger immediately.")

    def _closes(self, order: Order) -> bool:
        return (order.position_side == "LONG") == (order.side == "SELL")

    def _check_money(self, order: Order) -> None:
        price = order.price or order.trigger or self.market.prices[order.symbol]
        if self.linear:
            if order.reduce_only or self.hedge:
                return
            need = order.quantity * price / self.leverage.get(order.symbol, 20)
            if need > self.free(self.assets(order.symbol)[1]):
                raise Refusal(-2019, "Margin is insufficient.")
            return
        base, quote = self.assets(order.symbol)
        need, asset = (order.quantity * price, quote)
        if order.side == "SELL":
            need, asset = (order.quantity, base)
        if need > self.free(asset):
            raise Refusal(-2010, "Account has insufficient balance for requested action.")

    # --- what happens ------------------------------------------------------------------------

    def cancel(self, order: Order, status: str = "CANCELED") -> None:
        order.status = status
        self.told(status, order)

    def tick(self, symbol: str, price: Decimal) -> None:
        """The market trades at a price: stops trigger, resting orders execute."""
        for order in list(self.orders):
            if order.symbol != symbol or order.status not in OPEN:
                continue
            if order.trigger:
                if (price - order.trigger) * order.sign >= 0:
                    self._trigger(order)
            elif (order.price - price) * order.sign >= 0:
                self._execute(order, order.price)

    def fund(self, symbol: str, amount: str) -> None:
        """A funding payment."""
        asset = self.assets(symbol)[1]
        self.coins[asset] += D(amount)
        row = {"symbol": symbol, "incomeType": "FUNDING_FEE", "income": amount, "asset": asset}
        self.income.append({**row, "time": self.market.now(), "tranId": self.market.number()})

    def _trigger(self, order: Order) -> None:
        if not order.algo:
            order.trigger = ZERO
            if order.kind == "STOP_LOSS":
                self._execute(order, self.market.prices[order.symbol])
            else:
                self._arrive(order)
            return
        made = Order(
            id=self.market.number(),
            client_id=f"algo_{order.id}",
            symbol=order.symbol,
            side=order.side,
            kind="MARKET",
            tif="GTC",
            quantity=order.quantity,
            price=ZERO,
            trigger=ZERO,
            reduce_only=order.reduce_only,
            position_side=order.position_side,
            at=self.market.now(),
        )
        try:
            self._check_reducing(made)
        except Refusal:
            self.cancel(order, "REJECTED")
            return
        order.status, order.actual = "FINISHED", made.id
        self.orders.append(made)
        self.told("TRIGGERED", order)
        self._arrive(made)

    def _arrive(self, order: Order) -> None:
        price = self.market.prices[order.symbol]
        if order.kind == "MARKET" or (order.price - price) * order.sign >= 0:
            self._execute(order, price)
        if order.left and (order.kind == "MARKET" or order.tif == "IOC"):
            self.cancel(order, "EXPIRED")

    def _execute(self, order: Order, price: Decimal) -> None:
        depth = self.market.depth.get(order.symbol)
        quantity = order.left if depth is None else min(order.left, depth)
        if not quantity:
            return
        if depth is not None:
            self.market.depth[order.symbol] = depth - quantity
        order.done += quantity
        order.cost += quantity * price
        order.status = "PARTIALLY_FILLED" if order.left else "FILLED"
        fee, asset = self._fee(order, quantity, price)
        number = self.market.number()
        self.executions.append(Done(number, order, quantity, price, fee, asset, self.market.now()))
        self._settle(order, quantity, price, (fee, asset))
        self.told("TRADE", order)

    def _fee(self, order: Order, quantity: Decimal, price: Decimal) -> tuple[Decimal, str]:
        base, quote = self.assets(order.symbol)
        if self.linear:
            return quantity * price * LINEAR_FEE, quote
        if self.pays_in_bnb:
            return quantity * price * SPOT_FEE_BNB / self.market.prices["BNBUSDT"], "BNB"
        if order.side == "BUY":
            return quantity * SPOT_FEE, base
        return quantity * price * SPOT_FEE, quote

    def _settle(
        self, order: Order, quantity: Decimal, price: Decimal, fee: tuple[Decimal, str]
    ) -> None:
        base, quote = self.assets(order.symbol)
        if self.linear:
            name = (order.symbol, order.position_side)
            self.positions[name] = self.positions.get(name, ZERO) + order.sign * quantity
        else:
            self.coins[base] = self.coins.get(base, ZERO) + order.sign * quantity
            self.coins[quote] = self.coins.get(quote, ZERO) - order.sign * quantity * price
        self.coins[fee[1]] = self.coins.get(fee[1], ZERO) - fee[0]

    # --- looking -----------------------------------------------------------------------------

    def assets(self, symbol: str) -> tuple[str, str]:
        row = self.market.symbols[symbol]
        return row["baseAsset"], row["quoteAsset"]

    def locked(self, asset: str) -> Decimal:
        total = ZERO
        for order in self.orders:
            if order.status not in OPEN or order.algo:
                continue
            base, quote = self.assets(order.symbol)
            price = order.price or order.trigger
            if self.linear and asset == quote and not order.reduce_only:
                total += order.left * price / self.leverage.get(order.symbol, 20)
            elif not self.linear and order.side == "SELL" and asset == base:
                total += order.left
            elif not self.linear and order.side == "BUY" and asset == quote:
                total += order.left * price
        return total

    def free(self, asset: str) -> Decimal:
        used = ZERO
        if self.linear:
            for (symbol, _), held in self.positions.items():
                if self.assets(symbol)[1] != asset:
                    continue
                price = self.market.prices[symbol]
                used += abs(held) * price / self.leverage.get(symbol, 20)
        return self.coins.get(asset, ZERO) - self.locked(asset) - used

    def find(self, query: dict[str, str], algo: bool = False) -> Order | None:
        """The newest order of that id."""
        for order in reversed(self.orders):
            if order.algo is not algo:
                continue
            if query.get("symbol", order.symbol) != order.symbol:
                continue
            named = query.get("clientAlgoId") or query.get("origClientOrderId")
            if str(order.id) == query.get("orderId", query.get("algoId")):
                return order
            if named is not None and order.client_id == named:
                return order
        return None
