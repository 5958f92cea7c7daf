"""One user's book at the fake Bybit: orders, executions, coins, positions, what moves them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from decimal import ROUND_DOWN, Decimal
from itertools import count
from typing import Any

from tests.support.exchanges.bybit_rules import Refusal, Rules, refused

ZERO = Decimal(0)
SPOT_FEE = Decimal("0.001")
TAKER_FEE = Decimal("0.00055")
MAKER_FEE = Decimal("0.0002")
OPEN = frozenset({"New", "PartiallyFilled", "Untriggered"})

_ids = count(1)


@dataclass(slots=True)
class Order:
    """One order as the venue keeps it; times in milliseconds by the venue's clock."""

    category: str
    symbol: str
    link_id: str
    side: str
    kind: str
    qty: Decimal
    price: Decimal | None
    tif: str
    created: int
    reduce_only: bool = False
    trigger: Decimal | None = None
    rising: bool = False
    position_idx: int = 0
    unit: str = ""
    status: str = "New"
    filled: Decimal = ZERO
    value: Decimal = ZERO
    fee: Decimal = ZERO
    cancel_type: str = "UNKNOWN"
    reject_reason: str = "EC_NoError"
    updated: int = 0
    order_id: str = ""
    rested: bool = False

    @property
    def open(self) -> bool:
        return self.status in OPEN

    @property
    def left(self) -> Decimal:
        return self.qty - self.filled


@dataclass(frozen=True, slots=True)
class Execution:
    """One execution; ``kind`` is the venue's execType."""

    order: Order
    exec_id: str
    qty: Decimal
    price: Decimal
    fee: Decimal
    fee_coin: str
    maker: bool
    at: int
    kind: str = "Trade"


@dataclass
class World:
    """What all users share: prices, depth, rules and the venue's clock."""

    rules: dict[str, dict[str, Rules]]
    now: Callable[[], int]
    prices: dict[tuple[str, str], Decimal] = field(default_factory=dict)
    depth: dict[tuple[str, str], Decimal] = field(default_factory=dict)
    """How much may still execute; a symbol that is not here has no end of it."""
    reject_next: str = ""
    """The reason for which the next order is taken and then rejected, as the venue may."""
    fee_coin: str = ""
    """A third coin that fees are taken in."""

    def last(self, category: str, symbol: str) -> Decimal:
        return self.prices[category, symbol]

    def settles(self, symbol: str) -> str:
        """The coin a contract settles in."""
        return str(self.rules["linear"][symbol].row["settleCoin"])

    def contract_in_usdc(self) -> None:
        """List ``BTCPERP`` beside ``BTCUSDT``: the same contract, settled in the other coin."""
        usdt = self.rules["linear"]["BTCUSDT"]
        row = {**usdt.row, "symbol": "BTCPERP", "quoteCoin": "USD", "settleCoin": "USDC"}
        self.rules["linear"]["BTCPERP"] = replace(usdt, symbol="BTCPERP", row=row)
        self.prices["linear", "BTCPERP"] = self.prices["linear", "BTCUSDT"]


class Book:
    """One user. ``told`` hears every order and execution (the private stream)."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.coins: dict[str, Decimal] = defaultdict(Decimal)
        self.orders: list[Order] = []
        self.executions: list[Execution] = []
        self.positions: dict[tuple[str, int], tuple[Decimal, Decimal]] = {}
        self.leverage: dict[str, Decimal] = defaultdict(lambda: Decimal(10))
        self.hedged = False
        self.margin_mode = "REGULAR_MARGIN"
        self.told: Callable[[str, Any], None] = lambda topic, row: None

    # --- what the user may do ----------------------------------------------------------------

    def place(self, order: Order) -> Refusal | None:
        """Take an order or say why not; a marketable one executes at once."""
        rules = self.world.rules[order.category].get(order.symbol)
        if rules is None:
            return refused(order.category, "symbol")
        if order.link_id and any(o.link_id == order.link_id for o in self.orders):
            return refused(order.category, "duplicate")
        last = self.world.last(order.category, order.symbol)
        base = order.qty / last if order.unit == "quoteCoin" else order.qty
        fault = rules.fault(order.side, base, order.price, last, order.reduce_only)
        if fault is not None and not (fault == "quantity_step" and order.unit == "quoteCoin"):
            return refused(order.category, fault)
        order.qty = base.quantize(rules.step, rounding=ROUND_DOWN)
        refusal = self._misfit(order, last)
        if refusal is not None:
            return refusal
        order.order_id = f"{next(_ids):019d}"
        order.updated = order.created
        self.orders.append(order)
        if self.world.reject_next:
            order.reject_reason, self.world.reject_next = self.world.reject_next, ""
            self._end(order, "Rejected")
        elif order.trigger is not None:
            order.status = "Untriggered"
            self.told("order", order)
        else:
            self._work(order, last)
        return None

    def cancel(self, order: Order, why: str = "CancelByUser") -> None:
        order.cancel_type = why
        partly = order.category == "spot" and order.filled
        untriggered = order.status == "Untriggered"
        final = "Deactivated" if untriggered else "Cancelled"
        self._end(order, "PartiallyFilledCanceled" if partly else final)

    def tick(self, category: str, symbol: str, price: Decimal) -> None:
        """The price moved: stops trigger and resting orders execute."""
        for order in [o for o in self.orders if o.open]:
            if (order.category, order.symbol) != (category, symbol):
                continue
            if order.status == "Untriggered":
                assert order.trigger is not None
                if price < order.trigger if order.rising else price > order.trigger:
                    continue
                order.status = "New"
            self._work(order, price)

    def fund(self, symbol: str, rate: Decimal) -> None:
        """Pay or receive funding for a position, as the venue books it: an execution of its own."""
        size, _ = self.positions[symbol, 0]
        price = self.world.last("linear", symbol)
        owner = Order("linear", symbol, "", "Buy", "Market", abs(size), None, "", self.world.now())
        fee, coin = size * price * rate, self.world.settles(symbol)
        self.coins[coin] -= fee
        self.executions.append(
            Execution(
                owner,
                f"funding-{next(_ids):08d}",
                abs(size),
                price,
                fee,
                coin,
                False,
                owner.created,
                "Funding",
            )
        )

    # --- money -------------------------------------------------------------------------------

    def locked(self, coin: str) -> Decimal:
        """What open spot orders keep of a coin."""
        return sum((self._lock(o)[1] for o in self.orders if self._lock(o)[0] == coin), ZERO)

    def margin(self, coin: str) -> Decimal:
        """What open orders and positions of contracts that settle in a coin keep of it."""
        held = ZERO
        for order in self.orders:
            if order.category != "linear" or self.world.settles(order.symbol) != coin:
                continue
            if order.open and not order.reduce_only:
                price = order.price or self.world.last("linear", order.symbol)
                held += order.left * price / self.leverage[order.symbol]
        for (symbol, _), (size, average) in self.positions.items():
            if self.world.settles(symbol) == coin:
                held += abs(size) * average / self.leverage[symbol]
        return held

    def free(self, coin: str) -> Decimal:
        return self.coins[coin] - self.locked(coin) - self.margin(coin)

    def _lock(self, order: Order) -> tuple[str, Decimal]:
        if not order.open or order.category != "spot" or order.status == "Untriggered":
            return "", ZERO
        if order.side == "Sell":
            return self._base(order), order.left
        return "USDT", order.left * (order.price or self.world.last("spot", order.symbol))

    def _base(self, order: Order) -> str:
        return self.world.rules[order.category][order.symbol].base

    # --- checks ------------------------------------------------------------------------------

    def _misfit(self, order: Order, last: Decimal) -> Refusal | None:
        if order.trigger is not None and order.category == "linear":
            if order.rising and order.trigger <= last:
                return 110092, f"expect Rising, but trigger_price[{order.trigger}] <= current"
            if not order.rising and order.trigger >= last:
                return 110093, f"expect Falling, but trigger_price[{order.trigger}] >= current"
        if order.category == "linear" and (order.position_idx != 0) != self.hedged:
            return 10001, "position idx not match position mode"
        if order.reduce_only:
            return self._reducing(order)
        return self._funds(order, last)

    def _reducing(self, order: Order) -> Refusal | None:
        size, _ = self.positions.get((order.symbol, order.position_idx), (ZERO, ZERO))
        if size == 0:
            return 110017, "current position is zero, cannot fix reduce-only order qty"
        if (size > 0) == (order.side == "Buy"):
            return 110017, "Reduce-only rule not satisfied"
        return None

    def _funds(self, order: Order, last: Decimal) -> Refusal | None:
        price = order.price or last
        if order.category == "spot" and order.side == "Sell":
            enough = order.qty <= self.free(self._base(order))
        elif order.category == "spot":
            enough = order.qty * price <= self.free("USDT")
        else:
            closing = self._closing(order)
            adds = max(order.qty - closing, ZERO)
            need = adds * price * (1 / self.leverage[order.symbol] + TAKER_FEE)
            enough = need <= self.free(self.world.settles(order.symbol))
        return None if enough else refused(order.category, "funds")

    def _closing(self, order: Order) -> Decimal:
        size, _ = self.positions.get((order.symbol, order.position_idx), (ZERO, ZERO))
        return abs(size) if size and (size > 0) == (order.side == "Sell") else ZERO

    # --- execution ---------------------------------------------------------------------------

    def _work(self, order: Order, last: Decimal) -> None:
        """Execute what the price and the depth allow; end what may not wait."""
        buys = order.side == "Buy"
        limit = order.price if order.kind == "Limit" else None
        if limit is None or (last <= limit if buys else last >= limit):
            price = limit if limit is not None and order.rested else last
            self._execute(order, price, maker=order.rested)
        if not order.open:
            return
        order.rested = True
        if order.kind == "Market" or order.tif == "IOC":
            self.cancel(order, "CancelByIOC" if order.tif == "IOC" else "CancelByNoDepth")
        else:
            self.told("order", order)

    def _execute(self, order: Order, price: Decimal, maker: bool) -> None:
        key = (order.category, order.symbol)
        quantity = min(order.left, self.world.depth.get(key, order.left))
        short = order.reduce_only and quantity > self._closing(order)
        if short:
            quantity = self._closing(order)
        if key in self.world.depth:
            self.world.depth[key] -= quantity
        if quantity > 0:
            self._fill(order, quantity, price, maker)
        if short and order.open:
            self.cancel(order, "CancelByReduceOnly")

    def _fill(self, order: Order, quantity: Decimal, price: Decimal, maker: bool) -> None:
        fee, coin = self._fee(order, quantity, price, maker)
        order.filled += quantity
        order.value += quantity * price
        order.fee += fee
        order.updated = self.world.now()
        order.status = "Filled" if order.left == 0 else "PartiallyFilled"
        (self._swap if order.category == "spot" else self._position)(order, quantity, price)
        self.coins[coin] -= fee
        done = Execution(
            order, f"exec-{next(_ids):08d}", quantity, price, fee, coin, maker, order.updated
        )
        self.executions.append(done)
        self.told("execution", done)
        self.told("order", order)

    def _fee(
        self, order: Order, quantity: Decimal, price: Decimal, maker: bool
    ) -> tuple[Decimal, str]:
        rate = SPOT_FEE if order.category == "spot" else (MAKER_FEE if maker else TAKER_FEE)
        third = self.world.fee_coin
        if third:
            return quantity * price * rate / self.world.last("spot", f"{third}USDT"), third
        if order.category == "spot" and order.side == "Buy":
            return quantity * rate, self._base(order)
        coin = "USDT" if order.category == "spot" else self.world.settles(order.symbol)
        return quantity * price * rate, coin

    def _swap(self, order: Order, quantity: Decimal, price: Decimal) -> None:
        sign = 1 if order.side == "Buy" else -1
        self.coins[self._base(order)] += sign * quantity
        self.coins["USDT"] -= sign * quantity * price

    def _position(self, order: Order, quantity: Decimal, price: Decimal) -> None:
        key = (order.symbol, order.position_idx)
        size, average = self.positions.get(key, (ZERO, ZERO))
        signed = quantity if order.side == "Buy" else -quantity
        closed = min(abs(size), quantity) if size * signed < 0 else ZERO
        coin = self.world.settles(order.symbol)
        self.coins[coin] += closed * (price - average) * (1 if size > 0 else -1)
        after = size + signed
        if size * after <= 0:
            average = price if after else ZERO
        elif size * signed > 0:
            average = (abs(size) * average + quantity * price) / abs(after)
        self.positions[key] = (after, average)

    def _end(self, order: Order, status: str) -> None:
        order.status = status
        order.updated = self.world.now()
        self.told("order", order)

    def open_orders(self, category: str) -> Iterator[Order]:
        return (o for o in reversed(self.orders) if o.open and o.category == category)
