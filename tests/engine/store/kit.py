"""A worker in miniature over any store, and ways to look behind it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any, Protocol

from engine.decide.step import step
from engine.domain.account import Account
from engine.domain.commands import PlaceOrder
from engine.domain.events import Due, Event, Fact, OrderFilled, SignalReceived
from engine.domain.instrument import Instrument, Market, Quote
from engine.domain.notices import Outcome
from engine.domain.settings import AccountSettings
from engine.domain.signal import Signal
from engine.domain.words import Intent, Side
from engine.store import outcomes, registry
from engine.store.digest import digest
from engine.store.heartbeat import ENGINE, last_beat
from engine.store.memory import MemoryStore
from engine.store.port import AccountCommit, Decided, InboxEntry, InboxRow, Loaded, Store
from engine.store.postgres import PostgresStore
from engine.store.registry import NewAccount
from foundation.db import Database
from foundation.people.people import People
from tests.support.clock import FakeClock

START = datetime(2026, 1, 5, 12, 0, tzinfo=UTC)
D = Decimal
PRICES = {"BTC/USDT": D(60000), "ETH/USDT": D(3000), "SOL/USDT": D(150)}


def after(seconds: float) -> datetime:
    return START + timedelta(seconds=seconds)


def market(prices: dict[str, Decimal], now: datetime) -> Market:
    return Market(
        {symbol: Quote(price, now) for symbol, price in prices.items()},
        {
            symbol: Instrument(
                symbol=symbol,
                base=symbol.partition("/")[0],
                quote="USDT",
                tick=D("0.01"),
                step=D("0.00001"),
                min_quantity=D("0.00001"),
                min_notional=D(5),
                shorts=True,
            )
            for symbol in prices
        },
    )


def signal(name: str, intent: Intent = Intent.ENTER, **changes: Any) -> Signal:
    values: dict[str, Any] = {
        "id": name,
        "source": "tradingview",
        "producer": "hook",
        "received_at": START,
        "signal_time": START,
        "symbol": "BTC/USDT",
        "raw_symbol": "BTCUSDT",
        "timeframe": 15,
        "side": Side.LONG,
        "intent": intent,
        "entry_price": PRICES[changes.get("symbol", "BTC/USDT")],
    }
    return Signal(**(values | changes))


def approved(account_id: str, name: str, **changes: Any) -> InboxEntry:
    fact = SignalReceived(signal(name, **changes), "person", offer_id=name)
    return InboxEntry(account_id, f"offer:{name}", fact, correlation_id=f"corr-{name}")


def due(account_id: str, key: str) -> InboxEntry:
    return InboxEntry(account_id, key, Due())


def filled(order: PlaceOrder, trade: str, at: datetime, share: str = "1") -> OrderFilled:
    assert order.price is not None
    quantity = order.quantity * D(share)
    return OrderFilled(order.id, trade, quantity, order.price, D("0.01"), D(0), at)


class Behind(Protocol):
    """A store and what tests must see that no actor asks for."""

    @property
    def store(self) -> Store: ...

    async def open(
        self, account_id: str = "acc", *, next_due: datetime | None = None, **settings: Any
    ) -> Account: ...

    async def outcome(self, account_id: str, key: str) -> Outcome | None: ...

    async def journal(self, account_id: str) -> Sequence[tuple[int, bytes]]: ...

    async def beat_at(self) -> datetime | None: ...


@dataclass
class BehindMemory:
    store: MemoryStore = field(default_factory=MemoryStore)

    async def open(
        self, account_id: str = "acc", *, next_due: datetime | None = None, **settings: Any
    ) -> Account:
        account = Account(account_id, "paper", AccountSettings(**settings))
        self.store.open_account(account, next_due)
        return account

    async def outcome(self, account_id: str, key: str) -> Outcome | None:
        return next(o for row, o in self.store.inbox(account_id) if row.entry.key == key)

    async def journal(self, account_id: str) -> Sequence[tuple[int, bytes]]:
        return [(one.seq, one.digest) for one in self.store.journal[account_id]]

    async def beat_at(self) -> datetime | None:
        return self.store.heartbeat.at if self.store.heartbeat else None


class BehindPostgres:
    def __init__(self, database: Database) -> None:
        self.database = database
        self.store = PostgresStore(database)
        self.people = People(database, FakeClock(START))

    async def open(
        self, account_id: str = "acc", *, next_due: datetime | None = None, **settings: Any
    ) -> Account:
        user = await self.people.ensure(7, "Ada", None, "en")
        account = Account(account_id, "paper", AccountSettings(**settings))
        new = NewAccount(account, user.id, f"label of {account_id}", START, next_due)
        assert await registry.open_account(self.database, new)
        return account

    async def outcome(self, account_id: str, key: str) -> Outcome | None:
        handled = await outcomes.look(self.database, account_id, key)
        assert handled is not None
        return handled.outcome

    async def journal(self, account_id: str) -> Sequence[tuple[int, bytes]]:
        rows = await self.database.pool.fetch(
            "select seq, digest from journal where account_id = $1 order by seq", account_id
        )
        return [(row["seq"], row["digest"]) for row in rows]

    async def beat_at(self) -> datetime | None:
        last = await last_beat(self.database, ENGINE)
        return last.at if last else None


def decide(
    loaded: Loaded,
    rows: Sequence[InboxRow],
    now: datetime,
    prices: dict[str, Decimal] | None = None,
    next_due: datetime | None = None,
) -> AccountCommit:
    """What a worker makes of waiting rows, with the real core."""
    account, chain = loaded.account, loaded.digest
    decided: list[Decided] = []
    for row in rows:
        fact: Fact = row.entry.fact
        at = max(now, account.last_at or now)
        event = Event(row.entry.key, at, market(prices or PRICES, at), fact)
        made = step(account, event)
        if made.account is account:
            continue
        chain = digest(chain, event, account, made.account, made.commands)
        decided.append(
            Decided(
                seq=made.account.seq,
                event=event,
                row_id=row.id,
                outcome=made.outcome,
                commands=made.commands,
                notices=made.notices,
                digest=chain,
                correlation_id=row.entry.correlation_id,
            )
        )
        account = made.account
    return AccountCommit(loaded.account, account, tuple(decided), next_due)


async def work(
    store: Store,
    account_id: str,
    now: datetime,
    *entries: InboxEntry,
    prices: dict[str, Decimal] | None = None,
) -> AccountCommit:
    """Put the facts, decide all that waits for the account, and write it."""
    if entries:
        await store.put(entries, now)
    loaded = await store.load(account_id)
    rows = (await store.pending([account_id], 1000)).get(account_id, ())
    commit = decide(loaded, rows, now, prices)
    assert await store.commit([commit], now) == {account_id}
    return commit


def placed(commit: AccountCommit) -> list[PlaceOrder]:
    return [c for one in commit.decided for c in one.commands if isinstance(c, PlaceOrder)]
