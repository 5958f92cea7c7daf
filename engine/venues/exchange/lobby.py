"""Brings accounts to their desks: opens keys, makes clients, loads rules, starts streams."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from engine.domain.instrument import Instrument
from engine.venues.exchange.desk import Desk
from engine.venues.exchange.dialect import Listing
from engine.venues.exchange.failure import Failure, Silence
from engine.venues.exchange.fees import Rates
from engine.venues.exchange.net import Net, Place
from engine.venues.exchange.rules import UNREADABLE, RuleBook, RuleReader, joined
from engine.venues.exchange.stream import Hint, Stream
from engine.venues.exchange.symbols import SymbolBook
from engine.venues.exchange.wire import Carrier, Secret, Wire
from engine.venues.keys import Credentials, Seat
from engine.venues.port import Allowance, RefusalCode
from foundation.errors import Unavailable
from foundation.log import get_logger

if TYPE_CHECKING:
    from engine.venues.exchange.venue import Exchange, Office

_log = get_logger("engine.venues")


class Lobby:
    """Nets, wires and desks of one exchange, made when they are first needed."""

    def __init__(self, exchange: Exchange, office: Office) -> None:
        self._exchange = exchange
        self._office = office
        self._carrier = Carrier()
        self._rules = RuleReader(RuleBook(office.database), office.clock)
        self._symbols = SymbolBook(office.database)
        self._nets: dict[Place, Net] = {}
        self._rates: dict[Place, Rates] = {}
        self._public: dict[Place, Wire] = {}
        self._desks: dict[str, Desk] = {}
        self._streams: dict[str, asyncio.Task[None]] = {}
        self._turn = asyncio.Lock()
        self._seating = asyncio.Lock()
        self._loading: dict[Place, asyncio.Lock] = {}

    @property
    def nets(self) -> Iterable[Net]:
        return self._nets.values()

    @property
    def news(self) -> list[str]:
        """Accounts with something to read."""
        return [name for name, desk in self._desks.items() if desk.has_news]

    @property
    def allowances(self) -> dict[str, Allowance]:
        """What may leave now for each account that has a desk."""
        return {name: desk.allowance for name, desk in self._desks.items()}

    @property
    def stream_ages(self) -> list[float]:
        return [desk.stream.age_s for desk in self._desks.values() if desk.stream is not None]

    def wake(self) -> None:
        self._office.wake()

    def rates(self, net: Net) -> Rates:
        return self._rates.setdefault(net.place, Rates())

    async def close(self) -> None:
        for task in self._streams.values():
            task.cancel()
        await asyncio.gather(*self._streams.values(), return_exceptions=True)
        for desk in self._desks.values():
            desk.wire.drop()
        for wire in self._public.values():
            wire.drop()
        await self._carrier.close()

    async def desk(self, account_id: str) -> Desk:
        """The account's desk, with rules and a measured clock. Raises Unavailable."""
        found = await self.seated(account_id)
        if found is None:
            raise Unavailable(
                f"This account has no keys for {self._exchange.title}: enter them in the app.",
                code=RefusalCode.AUTHENTICATION_FAILED.value,
            )
        return found

    async def seated(self, account_id: str) -> Desk | None:
        """The account's desk; None while it has no keys. Raises Unavailable."""
        given = await self._office.keyring.credentials(account_id)
        if given is None:
            self._leave(account_id)
            return None
        async with self._seating:
            desk = self._desks.get(account_id)
            if desk is None or desk.credentials.revision != given.revision:
                desk = await self._sit_down(given)
        await self._ready(desk.wire)
        return desk

    async def instruments(self) -> Mapping[str, Instrument]:
        """Rules of the nets that accounts trade on, joined. Raises Unavailable."""
        seats = await self._office.keyring.seats(self._exchange.name)
        places = dict.fromkeys(_place(seat) for seat in seats)
        listings = []
        for place in places:
            wire = await self._public_wire(place)
            try:
                await self._ready(wire)
            except Unavailable:
                if not wire.net.listings and not await self._recall(wire.net):
                    raise
            listings += list(wire.net.listings.values())
        return joined(listings)

    def listen(self, desk: Desk) -> None:
        """Start the account's stream, unless it runs."""
        if desk.stream is not None:
            return

        def told(hint: Hint) -> None:
            desk.told(hint)
            self._office.wake()

        speaker = desk.dialect.speaker(desk.wire)
        stream = Stream(self._carrier.session, speaker, self._office.clock, told)
        desk.stream = stream
        name = f"stream {self._exchange.name} {desk.account_id}"
        self._streams[desk.account_id] = self._office.nursery.start(name, stream.run)

    async def _sit_down(self, given: Credentials) -> Desk:
        secret = Secret(given.key, given.secret)
        wire = await self._wire(_place(given.seat), secret, given)
        self._leave(given.seat.account_id)
        desk = Desk(given, wire, self._symbols)
        self._desks[given.seat.account_id] = desk
        return desk

    def _leave(self, account_id: str) -> None:
        stream = self._streams.pop(account_id, None)
        if stream is not None:
            stream.cancel()
        old = self._desks.pop(account_id, None)
        if old is not None:
            old.wire.drop()

    async def _public_wire(self, place: Place) -> Wire:
        if place not in self._public:
            self._public[place] = await self._wire(place, None)
        return self._public[place]

    async def _wire(
        self, place: Place, secret: Secret | None, given: Credentials | None = None
    ) -> Wire:
        async with self._turn:
            net = self._nets.get(place)
            if net is None:
                exchange = self._exchange
                dialect, refresh_s = exchange.dialect(place.market), exchange.rules_refresh_s
                net = self._nets[place] = Net(place, dialect, self._office.clock, refresh_s)
            address = self._exchange.addresses.get(place.market.value)
            client = await self._carrier.client(self._exchange.name, net, secret, address)
        mode = None if given is None else given.position_mode
        return Wire(client, net, self._carrier.session, mode)

    async def _ready(self, wire: Wire) -> None:
        """Rules that are not too old and a measured clock. Raises Unavailable."""
        net = wire.net
        lock = self._loading.setdefault(net.place, asyncio.Lock())
        try:
            await wire.settle_clock()
        except Failure as failure:
            if net.offset_s is None:
                raise net.dialect.errors.unavailable(failure) from failure
        if not net.needs_rules:
            return
        async with lock:
            if net.needs_rules:
                await self._load(wire)

    async def _load(self, wire: Wire) -> None:
        net = wire.net
        net.loading()
        try:
            listings = await _listings(wire)
        except Failure as failure:
            _log.warning("rules not read", venue=self._exchange.name, reason=str(failure))
            if not net.listings and not await self._recall(net):
                raise net.dialect.errors.unavailable(failure) from failure
            return
        net.list(listings)
        await self._rules.keep(net.place, listings)

    async def _recall(self, net: Net) -> bool:
        """Take the rules read last from the database; false when there are none."""
        cached = await self._rules.cached(net.place)
        if cached is None:
            return False
        net.list(*cached)
        return True


async def _listings(wire: Wire) -> tuple[Listing, ...]:
    """What is traded there. Raises Failure, also when the answer is something else."""
    try:
        return await wire.net.dialect.listings(wire)
    except UNREADABLE as error:
        raise Silence(f"the list of symbols cannot be read: {type(error).__name__}") from error


def _place(seat: Seat) -> Place:
    return Place(seat.venue, seat.market, seat.test_net)
