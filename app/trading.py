"""The engine wired: market, venues, store, actors, and the front door before all of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial

from app.ground import Ground
from app.sealing import renew_secrets
from bot.risk import RISK_VERSION
from engine.analytics.keeper import Keeper
from engine.api.accounts import Accounts
from engine.api.entitlements import Entitlements
from engine.api.events import Events
from engine.api.front import Front
from engine.api.groups import Groups
from engine.api.hooks import Hooks
from engine.api.installation import Installation
from engine.api.keys import KeyDeps, Keys
from engine.api.markets import Markets
from engine.api.offers import OfferDeps, Offers
from engine.api.performance import Neighbours, Performance
from engine.api.queue import Queue
from engine.api.receipts import Receipts
from engine.api.risk import Risk
from engine.api.settings_window import SettingsWindow
from engine.api.signals import Signals
from engine.api.targets import Targets
from engine.api.trades import Trades
from engine.api.webhooks import Webhooks
from engine.domain.instrument import Instrument
from engine.domain.words import MarketKind
from engine.market.boards import Boards
from engine.market.feeds import Sources, exchange_feed, open_feed
from engine.market.hub import Hub
from engine.market.quotes import served
from engine.market.simulated import SimulatedFeed
from engine.market.ticks import PAPER, Feed
from engine.offers.actors import OfferActors
from engine.offers.market import MarketView, RuleBook
from engine.runtime.engine import Engine
from engine.runtime.lock import DatabaseLock
from engine.runtime.outgoing import Outgoing
from engine.runtime.ports import Ports
from engine.runtime.shedding import Work
from engine.runtime.watchdog import Watchdog
from engine.store.postgres import PostgresStore
from engine.store.remembered import Remembered
from engine.venues.keys import Keyring
from engine.venues.port import Venue
from engine.venues.registry import (
    PAPER_INSTRUMENTS,
    Abroad,
    close_venues,
    known_rules,
    open_venues,
    paper_terms,
)
from engine.venues.registry import Ground as VenueGround
from foundation.db import Database
from foundation.errors import Unavailable
from foundation.nursery import Nursery


class ServedRules:
    """The paper venue's rules as any process can know them: of what the feed says it serves."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def instruments(self) -> Mapping[str, Instrument]:
        """Raises Unavailable while no feed has said what it serves."""
        found = await served(self._database, PAPER, MarketKind.SPOT)
        if not found:
            raise Unavailable("the price feed has not told yet which symbols it serves")
        return {name: PAPER_INSTRUMENTS[name] for name in found if name in PAPER_INSTRUMENTS}


def market_view(base: Ground, live: Boards | None = None) -> MarketView:
    """Prices and rules for offers and hooks: the boards' of this process, else the database's."""
    rules: dict[str, RuleBook] = {"paper": ServedRules(base.database), **known_rules(base.database)}
    return MarketView(base.database, rules, base.clock, live)


def make_front(base: Ground) -> Front:
    """Every window and mailbox of the engine; works in any process beside it."""
    database, clock, bus = base.database, base.clock, base.bus
    market = market_view(base)
    markets = Markets(database, clock)
    receipts = Receipts(database)
    vault = base.keys.vault()
    hooks = Hooks(database, clock, bus, vault, market, base.settings.base_url)
    offers = Offers(
        OfferDeps(
            database=database,
            clock=clock,
            bus=bus,
            store=PostgresStore(database),
            market=market,
            people=base.people,
            risk_version=RISK_VERSION,
        )
    )
    accounts = Remembered(database)
    return Front(
        accounts=Accounts(database, clock, bus),
        groups=Groups(database, clock, bus),
        queue=Queue(database, clock, bus, market, accounts),
        risk=Risk(database, clock, bus, market, accounts),
        events=Events(database),
        performance=Performance(
            database, clock, Neighbours(markets, offers.waiting, receipts.last)
        ),
        markets=markets,
        hooks=hooks,
        receipts=receipts,
        offers=offers,
        signals=Signals(database, clock, hooks, markets),
        keys=Keys(KeyDeps(database, clock, bus, Keyring(database, vault), base.settings)),
        targets=Targets(database, clock, bus, market),
        trades=Trades(database, clock),
        settings=SettingsWindow(database, clock, bus, market),
        webhooks=Webhooks(
            database, clock, bus, vault, allow_private=base.settings.webhooks_allow_private
        ),
        installation=Installation(database, clock, bus),
        entitlements=Entitlements(database, clock, bus),
    )


@dataclass(slots=True)
class Trading:
    """The trading half of the house, running in this process."""

    engine: Engine
    feed: Feed
    nursery: Nursery
    venues: Mapping[str, Venue]

    @property
    def simulated(self) -> SimulatedFeed | None:
        """Paper's feed, if it is one whose prices a person may move."""
        return self.feed if isinstance(self.feed, SimulatedFeed) else None

    async def stop(self) -> None:
        await self.engine.stop()
        await self.nursery.stop()
        await close_venues(self.venues)


async def start_trading(base: Ground, nursery: Nursery) -> Trading:
    """Venues first, then the engine, then prices: an order is armed before a price comes."""
    database, clock, bus, settings = base.database, base.clock, base.bus, base.settings
    await renew_secrets(base)
    vault = base.keys.vault()
    sources = Sources(
        database=database,
        clock=clock,
        instruments=PAPER_INSTRUMENTS,
        speed=settings.market_replay_speed,
        binance_api_url=settings.binance_api_url,
        bybit_api_url=settings.bybit_api_url,
        binance_futures_api_url=settings.binance_futures_api_url,
    )
    feed, paper = await open_feed(settings.market_feed, sources), Hub(database, clock, PAPER)
    boards = Boards(
        paper,
        partial(Hub, database, clock),
        lambda board: exchange_feed(board, sources),
        nursery,
        clock,
    )
    venues = await open_venues(
        VenueGround(
            database=database,
            clock=clock,
            hub=paper,
            wake=lambda: bus.wake("paper"),
            abroad=Abroad(Keyring(database, vault), nursery, settings),
            terms=paper_terms(settings),
        )
    )
    store = PostgresStore(database)
    watchdog = Watchdog(clock)
    ports, lock = Ports(store, venues, clock, bus, boards), DatabaseLock(database.dsn)
    engine = Engine(ports, lock, boards.follow, watchdog)
    boards.listen(engine.watching.heard)
    paper.start(nursery, feed)
    nursery.start("watchdog", watchdog.run)
    private = settings.webhooks_allow_private
    nursery.start("webhooks", Outgoing(database, clock, bus, vault, allow_private=private).run)
    await engine.start()
    market = market_view(base, boards)
    OfferActors(database, clock, bus, store, market, engine.known).start(nursery)
    busy = partial(engine.brakes.shedding.sheds, Work.ANALYTICS)
    Keeper(database, clock, busy).start(nursery)
    return Trading(engine, feed, nursery, venues)
