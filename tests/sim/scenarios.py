"""The scenarios of the crash enumeration: short lives of an account, each with a turning point."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from decimal import Decimal

from engine.domain import events as ev
from engine.domain.words import Intent, Side, TakeProfitMode, TradingState
from engine.venues.paper.match import Terms
from tests.sim.stage import BTC, ETH, Scenario, Stage, settings

Act = Callable[[Stage], Awaitable[None]]
THREE = (("0", "40", "1"), ("-1", "30", "1"), ("-2", "30", "1"))


def enter(symbol: str = BTC, side: Side = Side.LONG) -> Act:
    return lambda stage: stage.enter(symbol, side)


def signal(intent: Intent, symbol: str = BTC, side: Side = Side.LONG) -> Act:
    return lambda stage: stage.signal(intent, symbol, side)


def price(level: str, symbol: str = BTC) -> Act:
    return lambda stage: stage.price(symbol, level)


def state(new: TradingState) -> Act:
    return lambda stage: stage.person(ev.StateCommanded(new, "person"))


def everywhere(new: TradingState) -> Act:
    return lambda stage: stage.person(ev.InstallationCommanded(new, "admin"))


def close(fraction: str = "1", symbol: str = BTC) -> Act:
    async def act(stage: Stage) -> None:
        await stage.person(ev.CloseCommanded(stage.group(symbol), Decimal(fraction), "person"))

    return act


def fault(*names: str) -> Act:
    """Have these faults happen at their next chance."""

    async def act(stage: Stage) -> None:
        stage.fault.ordered.extend(names)

    return act


def together(*acts: Act) -> Act:
    """All of it in one moment."""

    async def act(stage: Stage) -> None:
        for one in acts:
            await one(stage)

    return act


async def close_all(stage: Stage) -> None:
    await stage.person(ev.CloseAllCommanded("person"))


async def twice(stage: Stage) -> None:
    await stage.enter(name="the same")
    await stage.enter(name="the same")


async def promote(stage: Stage) -> None:
    await stage.person(ev.QueueCommanded(stage.now.queue[0].id, "remove", "person"))


async def more_slots(stage: Stage) -> None:
    grown = stage.now.settings.model_copy(update={"max_open_groups": 3})
    await stage.person(ev.SettingsChanged(2, grown))


async def venue_ends(stage: Stage) -> None:
    for placed in stage.exchange.orders:
        if placed.working:
            stage.exchange.end(placed)


ONE_SLOT = settings(max_open_groups=1)
SCENARIOS: tuple[Scenario, ...] = (
    Scenario("one leg to its target", (enter(), price("61000"))),
    Scenario("a ladder fills and closes leg by leg",
             (enter(), price("58700"), price("59500"), price("61000")), settings(*THREE)),
    Scenario("a ladder fills and closes on its average",
             (enter(), price("58700"), price("60500")),
             settings(*THREE, tp_mode=TakeProfitMode.AGGREGATE)),
    Scenario("an exit signal while legs wait",
             (enter(), price("59300"), signal(Intent.EXIT)), settings(*THREE)),
    Scenario("a second entry joins the group",
             (enter(), price("59000"), enter(), price("61000")), settings(max_pyramids=2)),
    Scenario("a signal waits for the slot and gets it",
             (enter(), enter(ETH), price("61000"), price("3100", ETH)), ONE_SLOT),
    Scenario("a newer signal replaces the waiting one",
             (enter(), enter(ETH), price("2990", ETH), enter(ETH), price("61000"),
              price("3100", ETH)), ONE_SLOT),
    Scenario("a waiting signal is removed by hand",
             (enter(), enter(ETH), promote, price("61000")), ONE_SLOT),
    Scenario("reverse from long to short",
             (enter(), signal(Intent.REVERSE, side=Side.SHORT), price("59000")), shorts=True),
    Scenario("half is closed, then the rest", (enter(), close("0.5"), close())),
    Scenario("a reduce signal, then the target",
             (enter(), signal(Intent.REDUCE), price("61000"))),
    Scenario("closed by hand while the ladder works",
             (enter(), close()), settings(("-1", "50", "1"), ("-2", "50", "1"))),
    Scenario("emergency close of two groups",
             (together(enter(), enter(ETH)), price("59300"), close_all), settings(*THREE)),
    Scenario("paused and resumed around an entry",
             (enter(), state(TradingState.PAUSED), enter(ETH), state(TradingState.RUNNING),
              price("61000"))),
    Scenario("halted while the target passes, then resumed",
             (enter(), state(TradingState.HALTED), price("61000"),
              state(TradingState.RUNNING))),
    Scenario("all accounts halted while the target passes, then let go",
             (enter(), everywhere(TradingState.HALTED), price("61000"),
              everywhere(TradingState.RUNNING))),
    Scenario("the venue refuses a leg for a while",
             (together(fault("refused_for_now"), enter()), price("58700"), price("61000")),
             settings(*THREE)),
    Scenario("the reply to an entry is lost",
             (together(fault("reply_lost"), enter()), price("61000"))),
    Scenario("the request of an entry is lost",
             (together(fault("request_lost"), enter()), price("61000"))),
    Scenario("the reply to an exit is lost",
             (enter(), together(fault("reply_lost"), price("61000")))),
    Scenario("the request of an exit is lost",
             (enter(), together(fault("request_lost"), close()))),
    Scenario("an exit is refused for a while",
             (enter(), together(fault("refused_for_now"), close()))),
    Scenario("the venue takes the orders off",
             (enter(), price("59300"), venue_ends, price("61000")), settings(*THREE)),
    Scenario("executions come in parts",
             (enter(), price("58700"), price("61000")), settings(*THREE),
             terms=Terms(fill_fraction=Decimal("0.4"))),
    Scenario("fees are taken from what was bought",
             (enter(), price("58700"), price("61000")), settings(*THREE), fee_in_base=True),
    Scenario("one alert told twice", (twice, price("61000"))),
    Scenario("settings change while a signal waits",
             (enter(), enter(ETH), more_slots, price("61000"), price("3100", ETH)), ONE_SLOT),
    Scenario("two engines at once", (enter(), price("58700"), price("61000")),
             settings(*THREE), twins=True),
)  # fmt: skip
"""Every one ends flat and settled, with the same result wherever it was interrupted."""
