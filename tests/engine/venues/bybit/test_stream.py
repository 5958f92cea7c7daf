"""The private stream logs in, hints at what happened, and survives what the venue does to it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from decimal import Decimal

import pytest

from engine.domain.words import MarketKind, TimeInForce
from engine.venues.bybit.stream import BybitSpeaker
from engine.venues.exchange.stream import Hint, Stream
from engine.venues.port import Ended
from foundation import limits
from foundation.log import get_logger
from foundation.nursery import Nursery
from tests.engine.venues.bybit.kit import CLOCK, SPOT, Link, linked
from tests.support.exchanges.bybit import FakeBybit
from tests.support.until import until


@pytest.fixture
async def link() -> AsyncIterator[Link]:
    async with FakeBybit() as fake, linked(fake, fake.user(), MarketKind.SPOT) as made:
        yield made


@pytest.fixture
async def nursery() -> AsyncIterator[Nursery]:
    opened = Nursery(get_logger("test"))
    yield opened
    await opened.stop()


@pytest.fixture
async def hints(link: Link, nursery: Nursery) -> list[Hint]:
    """What an open stream told; the first one says that it is open."""
    heard: list[Hint] = []
    stream = Stream(link.wire.session, link.dialect.speaker(link.wire), CLOCK, heard.append)
    nursery.start("stream", stream.run)
    await until(lambda: heard == [Hint(None)])
    assert stream.alive
    return heard


async def test_an_execution_is_a_hint_at_its_symbol(link: Link, hints: list[Hint]) -> None:
    await link.place(link.order("0.01"))
    await until(lambda: hints.count(Hint(SPOT)) == 2)


async def test_an_order_the_venue_took_off_is_told_with_its_count(
    link: Link, hints: list[Hint]
) -> None:
    link.fake.depth("spot", "BTCUSDT", "0.004")
    order = link.order("0.01", "60000", time_in_force=TimeInForce.IOC)
    await link.place(order)
    await until(lambda: Hint(SPOT, Ended(order.id, Decimal("0.004"))) in hints)


async def test_orders_of_others_end_without_us(link: Link, hints: list[Hint]) -> None:
    link.fake.world.reject_next = "EC_Others"
    await link.place(link.order("0.01", "59000", id="by-hand"))
    await until(lambda: Hint(SPOT) in hints)
    assert all(hint.ended is None for hint in hints)


async def test_a_lost_stream_comes_back_and_says_that_something_may_have_happened(
    link: Link, hints: list[Hint], monkeypatch: pytest.MonkeyPatch
) -> None:
    await link.fake.stream.close()
    await until(lambda: hints.count(Hint(None)) == 2)
    assert link.fake.stream.opened == 2


async def test_a_refused_login_does_not_count_as_listening(link: Link, nursery: Nursery) -> None:
    heard: list[Hint] = []
    link.wire.client.secret = "other"
    stream = Stream(link.wire.session, link.dialect.speaker(link.wire), CLOCK, heard.append)
    nursery.start("stream", stream.run)
    await until(lambda: link.fake.stream.opened == 1)
    await until(lambda: not link.fake.stream.links)
    assert (heard, stream.alive) == ([], False)


async def test_the_stream_is_kept_open_with_pings(
    link: Link, nursery: Nursery, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(BybitSpeaker, "refresh_s", 0.02)
    stream = Stream(link.wire.session, link.dialect.speaker(link.wire), CLOCK, lambda hint: None)
    nursery.start("stream", stream.run)
    await until(lambda: link.fake.stream.pings >= 2)


@pytest.mark.parametrize(
    ("base", "stream"),
    [
        ("https://api.{hostname}", "wss://stream.bybit.com/v5/private"),
        ("https://api-testnet.{hostname}", "wss://stream-testnet.bybit.com/v5/private"),
        ("http://127.0.0.1:80", "ws://127.0.0.1:80/v5/private"),
        ("https://proxy.example", "wss://proxy.example/v5/private"),
    ],
)
async def test_the_stream_is_beside_the_requests(link: Link, base: str, stream: str) -> None:
    link.wire.client.urls["api"]["private"] = base
    assert await link.dialect.speaker(link.wire).address() == stream


def test_pings_come_before_the_venue_hangs_up() -> None:
    assert BybitSpeaker.refresh_s == limits.BYBIT_PING_S == 20
