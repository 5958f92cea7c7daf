"""Hypothesis strategies for whole accounts, inside the bounds the tables set."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal

from hypothesis import strategies as st

from engine.domain.account import Account, Queued
from engine.domain.commands import CancelOrder, PlaceOrder
from engine.domain.events import (
    CloseCommanded,
    Due,
    Event,
    Fee,
    OrderFilled,
    PriceCrossed,
    RetryCommanded,
    SettingsChanged,
    SignalReceived,
    StateCommanded,
)
from engine.domain.group import Group, Pyramid
from engine.domain.leg import Leg
from engine.domain.offset import OffsetPlan, PlanStatus, WinnerPart
from engine.domain.orders import Allocation, Order
from engine.domain.protection import EntryLock, Funds, Guard, GuardStage, Result
from engine.domain.rules import GroupRules, RiskMarks, Stop
from engine.domain.settings import AccountSettings
from engine.domain.signal import Signal
from engine.domain.words import (
    ExitReason,
    GroupStatus,
    Intent,
    OrderPurpose,
    OrderSide,
    OrderStatus,
    OrderType,
    PyramidStatus,
    Side,
    TakeProfitExecution,
    TakeProfitMode,
    TimeInForce,
    TradingState,
)
from tests.engine.store.kit import PRICES, START, market

FILLED, CLOSING = OrderStatus.FILLED, GroupStatus.CLOSING
NONE, HALF, ALL = Decimal(0), Decimal("0.5"), Decimal(1)
SHARES_FILLED = {
    OrderStatus.PENDING: (NONE,),
    OrderStatus.OPEN: (NONE,),
    OrderStatus.PARTIALLY_FILLED: (HALF,),
    OrderStatus.FILLED: (ALL,),
    OrderStatus.CANCELLED: (NONE, HALF),
    OrderStatus.FAILED: (NONE,),
}
"""How much of an order may have filled in each state."""
SYMBOLS = ("BTC/USDT", "ETH/USDT", "SOL/USDT", "1000PEPE/USDC")


def amounts(low: str = "0", high: str = "1000000") -> st.SearchStrategy[Decimal]:
    return st.decimals(Decimal(low), Decimal(high), places=8)


def texts() -> st.SearchStrategy[str]:
    """Whatever people and venues write; Postgres' text has no NUL and no lone surrogates."""
    return st.text(st.characters(exclude_characters="\x00", exclude_categories=["Cs"]), max_size=20)


def moments() -> st.SearchStrategy[datetime]:
    return st.integers(0, 10**9).map(lambda n: START + timedelta(microseconds=n))


positive = amounts("0.00000001")
maybe_moment = st.none() | moments()
maybe_positive = st.none() | positive
whole = st.integers(0, 10_000)


@st.composite
def legs(draw: st.DrawFn, index: int) -> Leg:
    quantity = draw(positive)
    filled = draw(st.sampled_from([Decimal(0), quantity, quantity / 2]))
    whole_leg = filled == quantity
    received = draw(st.sampled_from([filled, filled / 2]))
    closed = draw(st.sampled_from([Decimal(0), received, received / 4]))
    cost = draw(amounts())
    return Leg(
        index=index,
        order_type=draw(st.sampled_from(OrderType)),
        price=draw(positive),
        quantity=quantity,
        gap_percent=-draw(amounts(high="99")),
        weight_percent=draw(amounts(high="100")),
        tp_percent=draw(amounts(high="100")),
        capital_usd=draw(amounts()),
        status=draw(st.sampled_from([s for s in OrderStatus if whole_leg or s is not FILLED])),
        order_id=draw(st.none() | texts()),
        retry_at=draw(maybe_moment),
        filled_quantity=filled,
        received=received,
        cost_usd=cost,
        fee_usd=-draw(amounts()),
        closed=closed,
        closed_cost_usd=draw(st.sampled_from([Decimal(0), cost])),
        proceeds_usd=draw(amounts()),
        realized_pnl_usd=-draw(amounts()),
        tp_price=draw(maybe_positive),
        tp_hit=draw(st.booleans()),
        tp_order_id=draw(st.none() | texts()),
        tp_executed_at=draw(maybe_moment),
        armed_seq=draw(whole),
        submitted_at=draw(maybe_moment),
        filled_at=draw(maybe_moment),
        cancelled_at=draw(maybe_moment),
    )


@st.composite
def pyramids(draw: st.DrawFn, index: int) -> Pyramid:
    return Pyramid(
        index=index,
        entry_price=draw(positive),
        entry_at=draw(moments()),
        signal_id=draw(texts()),
        status=draw(st.sampled_from(PyramidStatus)),
        legs=tuple(draw(legs(n)) for n in range(draw(st.integers(0, 3)))),
        size_factor=draw(positive),
        tp_price=draw(maybe_positive),
        tp_hit=draw(st.booleans()),
        armed_seq=draw(whole),
    )


@st.composite
def orders(draw: st.DrawFn, order_id: str, group_id: str) -> Order:
    quantity = draw(positive)
    purpose = draw(st.sampled_from(OrderPurpose))
    entry = purpose is OrderPurpose.ENTRY
    order_type = draw(st.sampled_from(OrderType))
    trigger = positive if order_type is OrderType.STOP else maybe_positive
    parts = st.builds(Allocation, st.integers(0, 4), st.integers(0, 6), positive, amounts())
    status = draw(st.sampled_from(OrderStatus))
    return Order(
        id=order_id,
        group_id=group_id,
        purpose=purpose,
        side=draw(st.sampled_from(OrderSide)),
        order_type=order_type,
        quantity=quantity,
        price=draw(positive),
        created_at=draw(moments()),
        pyramid=draw(st.integers(0, 4)) if entry else None,
        leg=draw(st.integers(0, 6)) if entry else None,
        allocations=() if entry else tuple(draw(st.lists(parts, max_size=3))),
        status=status,
        filled_quantity=quantity * draw(st.sampled_from(SHARES_FILLED[status])),
        cost_usd=draw(amounts()),
        fee_usd=-draw(amounts()),
        expected_filled=draw(st.none() | amounts()),
        cancel_requested=draw(st.booleans()),
        venue_order_id=draw(st.none() | texts()),
        refusal=draw(st.none() | texts()),
        closed_at=draw(maybe_moment),
        trigger_price=draw(trigger),
        time_in_force=draw(st.sampled_from(TimeInForce)),
    )


def rules() -> st.SearchStrategy[GroupRules]:
    maybe = maybe_positive
    asked = st.builds(
        GroupRules,
        st.sampled_from(TakeProfitExecution),
        maybe,
        maybe,
        maybe,
        maybe,
        maybe,
        maybe,
        maybe_moment,
        maybe,
        maybe,
        maybe,
        maybe,
        st.booleans(),
        st.none() | whole,
    )
    return st.just(GroupRules()) | asked


def stops() -> st.SearchStrategy[Stop]:
    moved = st.builds(
        Stop,
        maybe_positive,
        st.sampled_from(ExitReason),
        maybe_positive,
        whole,
        st.none() | texts(),
        st.booleans(),
        st.dictionaries(st.sampled_from(["agg", "0", "0:1"]), positive),
    )
    return st.just(Stop()) | moved


def marks() -> st.SearchStrategy[RiskMarks]:
    return st.builds(RiskMarks, maybe_moment, maybe_moment, st.booleans(), st.booleans())


def _may_be(status: GroupStatus, entries: tuple[Pyramid, ...]) -> bool:
    """Whether a group with these entries may be in a state: the database looks at that."""
    legs_of = [leg for pyramid in entries for leg in pyramid.legs]
    match status:
        case GroupStatus.WAITING:
            return not legs_of
        case GroupStatus.LIVE:
            return not any(leg.filled_quantity for leg in legs_of)
        case GroupStatus.PARTIALLY_FILLED | GroupStatus.ACTIVE:
            return any(leg.filled_quantity for leg in legs_of)
        case _:
            return True


@st.composite
def groups(draw: st.DrawFn, group_id: str, symbol: str) -> Group:
    entries = tuple(draw(pyramids(n)) for n in range(draw(st.integers(0, 3))))
    status = draw(st.sampled_from([one for one in GroupStatus if _may_be(one, entries)]))
    closed = status is GroupStatus.CLOSED
    reasons = st.sampled_from(ExitReason)
    ids = [f"{group_id}-{name}" for name in draw(st.permutations("zyxw"))]
    placed = ids[: draw(st.integers(0, 4))]
    return Group(
        id=group_id,
        symbol=symbol,
        timeframe=draw(st.integers(1, 43_200)),
        side=draw(st.sampled_from(Side)),
        status=status,
        tp_mode=draw(st.sampled_from(TakeProfitMode)),
        tp_aggregate_percent=draw(amounts(high="1000")),
        max_pyramids=5,
        settings_version=draw(st.integers(1, 99)),
        source=draw(texts()),
        created_at=draw(moments()),
        updated_at=draw(moments()),
        pyramids=entries,
        orders={order_id: draw(orders(order_id, group_id)) for order_id in placed},
        strategy=draw(texts()),
        strategy_version=draw(texts()),
        reduce_quantity=draw(amounts()),
        reduce_reason=draw(st.none() | st.sampled_from(ExitReason)),
        tp_price=draw(maybe_positive),
        replacement_count=draw(whole),
        tp_hit=draw(st.booleans()),
        armed_seq=draw(whole),
        exit_reason=draw(reasons if closed or status is CLOSING else st.none() | reasons),
        exit_retry_at=draw(maybe_moment),
        exit_attempts=draw(whole),
        no_more_entries=draw(st.booleans()),
        closed_at=draw(moments()) if closed else None,
        rules=draw(rules()),
        stop=draw(stops()),
        risk=draw(marks()),
    )


@st.composite
def signals(draw: st.DrawFn, signal_id: str, symbol: str = "BTC/USDT") -> Signal:
    return Signal(
        id=signal_id,
        source=draw(texts()),
        producer=draw(texts()),
        received_at=draw(moments()),
        signal_time=draw(moments()),
        symbol=symbol,
        raw_symbol=draw(texts()),
        timeframe=draw(st.integers(1, 43_200)),
        side=draw(st.sampled_from(Side)),
        intent=draw(st.sampled_from(Intent)),
        venue_hint=draw(st.none() | texts()),
        reduce_fraction=draw(maybe_positive),
        entry_price=draw(maybe_positive),
        stop_loss=draw(maybe_positive),
        take_profit=draw(maybe_positive),
        size_hint=draw(maybe_positive),
        max_slippage_percent=draw(maybe_positive),
        strategy=draw(texts()),
        strategy_version=draw(texts()),
        reason=draw(texts()),
    )


@st.composite
def settings(draw: st.DrawFn) -> AccountSettings:
    return AccountSettings(
        total_capital_usd=draw(amounts("1", "1000000")),
        max_open_groups=draw(st.integers(1, 200)),
        tp_mode=draw(st.sampled_from(TakeProfitMode)),
        queue_limit=draw(st.integers(0, 1000)),
    )


def signed() -> st.SearchStrategy[Decimal]:
    return amounts("-1000000")


def guards() -> st.SearchStrategy[Guard]:
    watched = st.builds(
        Guard,
        st.sampled_from(GuardStage),
        maybe_positive,
        st.none() | signed(),
        signed(),
        signed(),
        st.none() | moments().map(lambda at: at.date()),
        signed(),
    )
    return st.just(Guard()) | watched


def locks() -> st.SearchStrategy[EntryLock]:
    return st.builds(EntryLock, texts(), st.none() | texts(), moments(), texts())


def results() -> st.SearchStrategy[Result]:
    return st.builds(
        Result,
        texts(),
        texts(),
        st.sampled_from(Side),
        moments(),
        signed(),
        st.sampled_from(ExitReason),
    )


def offsets() -> st.SearchStrategy[OffsetPlan]:
    part = st.builds(
        WinnerPart,
        texts(),
        texts(),
        positive,
        positive,
        signed(),
        st.booleans(),
        signed(),
        signed(),
        st.booleans(),
    )
    return st.builds(
        OffsetPlan,
        texts(),
        texts(),
        texts(),
        positive,
        positive,
        positive,
        amounts("0.01", "1"),
        st.lists(part, max_size=3).map(tuple),
        st.sampled_from(PlanStatus),
        moments(),
        signed(),
        texts(),
    )


@st.composite
def protected(draw: st.DrawFn, account: Account) -> Account:
    """The account with whatever protection, results, funds and plan it may have."""
    return replace(
        account,
        credentials_failed=draw(st.none() | texts()),
        guard=draw(guards()),
        locks=tuple(draw(st.lists(locks(), max_size=2))),
        results=tuple(draw(st.lists(results(), max_size=2))),
        funds=draw(st.none() | st.builds(Funds, signed(), signed(), moments())),
        short_at_venue=draw(st.dictionaries(st.sampled_from(SYMBOLS), positive, max_size=2)),
        offset=draw(st.none() | offsets()),
        reviewed_at=draw(maybe_moment),
    )


@st.composite
def accounts(draw: st.DrawFn, account_id: str) -> Account:
    """An account after its first event, with groups of distinct symbols and a queue."""
    names = draw(st.permutations(SYMBOLS))
    opened = [f"{account_id}-g{n}" for n in draw(st.permutations(range(3)))]
    waiting = [f"{account_id}-q{n}" for n in draw(st.permutations(range(3)))]
    pairs = list(zip(opened, names, strict=False))[: draw(st.integers(0, 3))]
    account = Account(
        id=account_id,
        venue="paper",
        settings=draw(settings()),
        settings_version=draw(st.integers(1, 99)),
        state=draw(st.sampled_from(TradingState)),
        halt_reason=draw(st.none() | texts()),
        seq=1,
        last_at=draw(moments()),
        groups={key: draw(groups(key, symbol)) for key, symbol in pairs},
        queue=tuple(
            Queued(
                signal=draw(signals(key, symbol)),
                queued_at=draw(moments()),
                expires_at=draw(moments()),
                replacement_count=draw(whole),
                size_factor=draw(positive),
                waits_for_price=draw(st.booleans()),
                loss_percent=draw(st.none() | signed()),
                rank=draw(st.none() | whole),
            )
            for key, symbol in list(zip(waiting, names, strict=False))[: draw(st.integers(0, 3))]
        ),
    )
    return draw(protected(account))


def commands() -> st.SearchStrategy[PlaceOrder | CancelOrder]:
    place = st.builds(
        PlaceOrder,
        id=texts(),
        group_id=texts(),
        symbol=texts(),
        quantity=positive,
        price=maybe_positive,
        priority=st.sampled_from([0, 1]),
        valid_until=maybe_moment,
        trigger_price=maybe_positive,
        time_in_force=st.sampled_from(TimeInForce),
        leverage=st.integers(1, 125),
        margin_mode=st.sampled_from(["isolated", "cross"]),
        kind=st.just("place_order"),
    )
    cancel = st.builds(
        CancelOrder,
        id=texts(),
        group_id=texts(),
        symbol=texts(),
        order_id=texts(),
        kind=st.just("cancel_order"),
    )
    return place | cancel


@st.composite
def events(draw: st.DrawFn) -> Event:
    """Events with facts of every shape of value there is."""
    fact = draw(
        st.just(Due())
        | st.builds(SignalReceived, signals("s"), st.sampled_from(["person", "policy", "none"]))
        | st.builds(PriceCrossed, texts(), whole, positive, moments())
        | st.builds(
            OrderFilled,
            texts(),
            texts(),
            positive,
            positive,
            amounts(),
            amounts(),
            moments(),
            st.booleans(),
            st.none() | st.builds(Fee, amounts(), texts(), st.none() | positive),
        )
        | st.builds(SettingsChanged, whole, settings())
        | st.builds(StateCommanded, st.sampled_from(TradingState), texts())
        | st.builds(CloseCommanded, texts(), positive, texts())
        | st.builds(RetryCommanded, texts(), texts())
    )
    at = draw(moments())
    prices = {symbol: PRICES[symbol] for symbol in draw(st.permutations(list(PRICES)))}
    return Event(draw(texts()), at, market(prices, at), fact)
