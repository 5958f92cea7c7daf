"""What turns round the engines: clocks that step, rules that change, prices from the past."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from engine.domain.instrument import Instrument
from engine.market.ticks import Tick
from foundation import limits
from tests.sim import script

if TYPE_CHECKING:
    from tests.sim.world import World

#: A clock may be wrong by so much, and jump from one end to the other.
SKEW_S = 0.9 * limits.CLOCK_SKEW_S
OLD = timedelta(seconds=10)


def turn(world: World) -> None:
    """One moment of it, as far as this world has such faults."""
    alive = [process for process in world.processes if process.alive]
    if alive and world.faults.hit("clock_steps"):
        process = world.rng.choice(alive)
        process.skew = timedelta(seconds=world.rng.uniform(-SKEW_S, SKEW_S))
    if world.faults.hit("rules_change"):
        symbol = world.rng.choice(script.SYMBOLS)
        known = world.exchange.instruments[symbol]
        coarser = replace(known, tick=known.tick * 10)
        delisted = replace(known, tradable=not known.tradable)
        _set(world, symbol, world.rng.choice((coarser, delisted, world.rules[symbol])))
    if alive and world.faults.hit("old_price"):
        symbol = world.rng.choice(script.SYMBOLS)
        price = script.next_price(world.rng, symbol, world.exchange.prices[symbol])
        world.rng.choice(alive).feed.put_nowait(Tick(symbol, price, world.truth() - OLD))


def calm(world: World) -> None:
    """Everything is as it was, and stays so."""
    for symbol, rules in world.rules.items():
        _set(world, symbol, rules)


def _set(world: World, symbol: str, rules: Instrument) -> None:
    # another mapping, as a venue that is asked again gives one
    world.exchange.instruments = {**world.exchange.instruments, symbol: rules}
