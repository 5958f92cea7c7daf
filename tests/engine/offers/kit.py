"""A small installation: one person with a paper account and a hook, real tables, set prices."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from engine.api.accounts import Accounts
from engine.api.hooks import Acceptance, Hooks
from engine.api.markets import Markets
from engine.api.offers import OfferDeps, Offers
from engine.api.receipts import Receipts
from engine.api.signals import Signals
from engine.api.views import HookView, OfferView, ReceiptView
from engine.domain.account import Account
from engine.domain.events import SettingsChanged, SignalReceived
from engine.domain.instrument import Quote
from engine.domain.settings import AccountSettings
from engine.market.index import ThresholdIndex
from engine.market.quotes import QuoteWriter
from engine.market.ticks import PAPER, Tick
from engine.offers.actors import OfferActors
from engine.offers.market import MarketView
from engine.runtime.deciding import Decider
from engine.runtime.ports import Ports
from engine.runtime.rules import Rules
from engine.runtime.worker import Worker
from engine.store import registry
from engine.store.port import InboxEntry
from engine.store.postgres import PostgresStore
from engine.store.registry import NewAccount
from engine.venues.paper.venue import PaperVenue
from foundation.bus import Bus
from foundation.crypto import Vault
from foundation.db import Database
from foundation.people.people import People
from tests.engine.signals.kit import nested, raw
from tests.support.boards import OneBoard
from tests.support.clock import FakeClock

D = Decimal
RISK = "2026-01"
KEY = bytes(range(32))


@dataclass
class Pit:
    """A market whose prices are set by hand; nobody has told any of what is ``untold``."""

    clock: FakeClock
    prices: dict[str, Decimal]
    untold: set[str] = field(default_factory=set)
    index: ThresholdIndex = field(default_factory=ThresholdIndex)

    @property
    def symbols(self) -> tuple[str, ...]:
        return tuple(self.prices)

    def quote(self, symbol: str) -> Quote | None:
        price = self.prices.get(symbol)
        if price is None or symbol in self.untold:
            return None
        return Quote(price, self.clock.now())

    def age(self) -> float | None:
        return 0.0


class Feedless:
    """What stands in the table of feeds."""

    name = "simulated"
    live = False
    lines = ("",)

    def __init__(self, symbols: tuple[str, ...]) -> None:
        self.symbols = symbols


class Town:
    """Everything between a posted alert and the account's inbox, and a worker behind it."""

    def __init__(self, database: Database, bus: Bus, clock: FakeClock) -> None:
        self.database = database
        self.bus = bus
        self.clock = clock
        self.pit = Pit(clock, {"BTC/USDT": D(60000), "ETH/USDT": D(3000)})
        self.store = PostgresStore(database)
        self.venue = PaperVenue(database, clock, self.pit, lambda: None)
        venues = {"paper": self.venue}
        self.market = MarketView(database, venues, clock)
        self.people = People(database, clock)
        self.accounts = Accounts(database, clock, bus)
        self.hooks = self.new_hooks()
        self.receipts = Receipts(database)
        self.markets = Markets(database, clock)
        self.signals = Signals(database, clock, self.hooks, self.markets)
        deps = OfferDeps(database, clock, bus, self.store, self.market, self.people, RISK)
        self.offers = Offers(deps)
        boards = OneBoard(self.pit, self.pit.index)
        near = MarketView(database, venues, clock, live=boards)
        self.actors = OfferActors(database, clock, bus, self.store, near)
        ports = Ports(self.store, venues, clock, bus, boards)
        self.rules = Rules(ports)
        self.worker = Worker(ports, Decider(boards, self.rules), ())
        self.user_id = ""
        self.account_id = ""
        self.hook: HookView

    def new_hooks(self) -> Hooks:
        """Another process with the same hooks."""
        return Hooks(
            self.database, self.clock, self.bus, Vault(KEY), self.market, "https://cs.example/"
        )

    async def open(self) -> Town:
        user = await self.people.ensure(1001, "Ann", None, "en")
        self.user_id = user.id
        self.account_id = (await self.accounts.ensure_paper(user.id)).id
        await self.rules.turn()
        await self.prices({})
        self.hook = await self.hooks.create(user.id, self.account_id, "Chart")
        await self.hooks.start()
        return self

    async def close(self) -> None:
        await self.hooks.stop()

    async def prices(self, changes: Mapping[str, str]) -> None:
        """Move the market, in memory and in the table others read."""
        self.pit.prices |= {symbol: D(price) for symbol, price in changes.items()}
        writer = QuoteWriter(self.database, self.clock, PAPER)
        for symbol, price in self.pit.prices.items():
            writer.note(Tick(symbol, price, self.clock.now()))
        await writer.flush()
        await writer.beat(Feedless(self.pit.symbols), {"": self.clock.now()}, 0)

    async def settings(self, **changes: Any) -> None:
        """Change the account's settings and let the worker take them."""
        view = AccountSettings.model_validate(AccountSettings().model_dump() | changes)
        loaded = await self.store.load(self.account_id)
        version = loaded.account.settings_version + 1
        fact = SettingsChanged(version, view)
        entry = InboxEntry(self.account_id, f"cmd:settings-{version}", fact)
        await self.store.put([entry], self.clock.now())
        await self.work()

    async def work(self) -> None:
        """Let the account decide what waits in its inbox."""
        while await self.worker.turn():
            pass

    @property
    def token(self) -> str:
        return self.hook.path.rpartition("/")[2]

    async def post(self, document: dict[str, Any] | bytes, **how: Any) -> Acceptance:
        """Post an alert to the hook, with its secret unless it brings its own."""
        body = document
        if isinstance(document, dict):
            body = raw({"secret": self.hook.secret} | document)
        assert isinstance(body, bytes)
        return await self.hooks.accept(how.get("token", self.token), body, "application/json")

    async def beside(self) -> tuple[str, HookView]:
        """Another account of the same person, and a hook for it."""
        account = Account("another", "paper", AccountSettings())
        new = NewAccount(account, self.user_id, "Another", self.clock.now())
        await registry.open_account(self.database, new)
        return account.id, await self.hooks.create(self.user_id, account.id, "Other chart")

    async def send(self, hook: HookView, document: dict[str, Any]) -> None:
        """Post an alert that must be accepted to this hook."""
        body = {"secret": hook.secret} | document
        answer = await self.post(raw(body), token=hook.path.rpartition("/")[2])
        assert answer.body["status"] == "accepted", answer.body

    async def alert(self, **tv: Any) -> ReceiptView:
        """A fresh alert of now that must be accepted."""
        answer = await self.post(nested(self.clock.now(), **tv))
        assert answer.body["status"] == "accepted", answer.body
        assert answer.receipt is not None
        return answer.receipt

    async def offer(self, **tv: Any) -> OfferView:
        """The pending offer a fresh alert leads to."""
        receipt = await self.alert(**tv)
        await self.actors.fan_out.turn()
        return await self.offer_of(receipt)

    async def offer_of(self, receipt: ReceiptView) -> OfferView:
        page = await self.offers.list(self.user_id, None)
        found = [offer for offer in page.items if offer.receipt_id == receipt.id]
        assert len(found) == 1, found
        return found[0]

    async def approve(self, offer: OfferView) -> OfferView:
        return await self.offers.decide(self.user_id, offer.id, "approve", offer.version, "chat")

    async def again(self, offer: OfferView) -> OfferView:
        return await self.offers.get(self.user_id, offer.id)

    async def receipt(self, receipt_id: str | None) -> ReceiptView:
        assert receipt_id is not None
        return await self.receipts.get(self.user_id, receipt_id)

    async def inbox(self) -> list[tuple[str, SignalReceived]]:
        """Signals put to the account: keys and facts, handled ones too, in order."""
        return await self.inbox_of(self.account_id)

    async def inbox_of(self, account_id: str) -> list[tuple[str, SignalReceived]]:
        """Like `inbox`, of another account."""
        rows = await self.database.pool.fetch(
            "select key from inbox where kind = 'signal_received' and account_id = $1 order by id",
            account_id,
        )
        from engine.store import outcomes

        found = []
        for row in rows:
            handled = await outcomes.look(self.database, account_id, row["key"])
            assert handled is not None
            assert isinstance(handled.fact, SignalReceived)
            found.append((row["key"], handled.fact))
        return found

    @asynccontextmanager
    async def failing(self, table: str) -> AsyncIterator[None]:
        """Every transaction that writes into the table dies when it commits."""
        pool = self.database.pool
        await pool.execute(
            "create function dies() returns trigger language plpgsql as "
            "$$ begin raise exception 'killed' using errcode = '57P01'; end $$"
        )
        await pool.execute(
            f"create constraint trigger dies after insert or update on {table} "
            "deferrable initially deferred for each row execute function dies()"
        )
        yield
        await pool.execute("drop function dies cascade")

    async def rows(self, sql: str, *values: Any) -> list[tuple[Any, ...]]:
        return [tuple(row) for row in await self.database.pool.fetch(sql, *values)]
