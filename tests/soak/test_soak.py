"""A short soak in every run of the suite: a process killed a few times; ``make soak``: 500."""

from __future__ import annotations

from tests.soak.__main__ import Soak

KILLS = 6


async def test_nothing_is_lost_and_nothing_doubled_when_the_engine_is_killed(
    database_dsn: str,
) -> None:
    soak = Soak(database_dsn, KILLS, seed=3)
    books = await soak.run(lambda _: None)
    assert books.orders > 0
    assert books.outcomes.get("filled", 0) > 0
    assert books.lost == []
    assert books.doubled == []
    assert books.broken == []
