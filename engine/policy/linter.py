"""The ladder linter: what the owner should know of settings before a signal finds out.

The same checks a ladder must pass when it is drawn, for every symbol whose rules and price are
known, and what everything together would need at worst.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from engine.domain.account import Account
from engine.domain.choices.entry import SizingMethod
from engine.domain.choices.ladder import Ladder
from engine.domain.instrument import Instrument
from engine.domain.settings import AccountSettings
from engine.domain.words import Side
from engine.policy.grid import LadderRefused, ladder
from engine.policy.sizing import Entry, capital_usd, shape_of
from engine.policy.stops import ahead, behind
from foundation.money import money_context, plain, usd

HUNDRED = Decimal(100)
NAMED_MAX = 5
"""Symbols one remark names."""


@dataclass(frozen=True, slots=True)
class Remark:
    """One finding: a stable code, one sentence with the numbers and the fix, and where it holds.

    A ``problem`` will refuse signals; a ``warning`` may surprise. ``field`` names the setting.
    """

    code: str
    level: Literal["warning", "problem"]
    text: str
    field: str
    symbol: str | None = None


def lint(
    settings: AccountSettings,
    instruments: Mapping[str, Instrument],
    prices: Mapping[str, Decimal],
) -> tuple[Remark, ...]:
    """Every remark on the settings, the general ones first, symbols in alphabetical order.

    ``instruments`` and ``prices`` by symbol; a symbol without a price is left out.
    """
    with money_context():
        remarks = [*_funds(settings), *_limits(settings), *_out_of_reach(settings)]
        refusals: dict[str, list[tuple[str, LadderRefused]]] = {}
        for symbol in sorted(set(instruments) & set(prices)):
            for refused in _refusals(settings, instruments[symbol], prices[symbol]):
                refusals.setdefault(refused.code, []).append((symbol, refused))
        for code, found in refusals.items():
            remarks.append(_of_symbols(code, found))
        return tuple(remarks)


def needed_at_worst_usd(settings: AccountSettings) -> Decimal | None:
    """USD bound when every slot has all its pyramids and every leg has filled, if it is known."""
    account = Account("", "", settings)
    if settings.sizing.method is SizingMethod.SIGNAL_SIZE:
        return None
    one = Decimal(0)
    for index in range(settings.max_pyramids):
        shape = shape_of(settings, "", 0, index)
        capital = capital_usd(account, Entry("", 0, Side.LONG, index, Decimal(1)), shape)
        if isinstance(capital, LadderRefused):
            return None
        one += capital
    return one * settings.max_open_groups


def _funds(settings: AccountSettings) -> Iterator[Remark]:
    total, needed = settings.total_capital_usd, needed_at_worst_usd(settings)
    if needed is None:
        return
    first = needed / settings.max_pyramids
    if first > total * Decimal("1.000001"):
        text = (
            f"{settings.max_open_groups} groups need {plain(usd(first))} USD for their first "
            f"entries alone and the capital is {plain(total)} USD: later signals will be refused; "
            f"raise total_capital_usd, or lower sizing or max_open_groups"
        )
        yield Remark("over_capital", "problem", text, "total_capital_usd")
    elif needed > total:
        text = (
            f"at worst, with all {settings.max_pyramids} entries of {settings.max_open_groups} "
            f"groups filled, {plain(usd(needed))} USD are needed, "
            f"{needed / total * HUNDRED:.0f} % of the capital of {plain(total)} USD: further "
            f"entries will be refused then; share the capital among pyramids or expect that"
        )
        yield Remark("funds_at_worst", "warning", text, "sizing.pyramid_sizing")


def _limits(settings: AccountSettings) -> Iterator[Remark]:
    """Exposure limits that the very first entry would break."""
    account, gate = Account("", "", settings), settings.protection.gate
    capital = capital_usd(account, Entry("", 0, Side.LONG, 0, Decimal(1)), settings.ladder)
    if isinstance(capital, LadderRefused):
        if capital.code == "no_stop":
            field = "sizing.method"
            yield Remark(
                "no_stop", "problem", f"Without a stop from the signal: {capital.text}", field
            )
        return
    share = gate.max_symbol_exposure_percent
    bounds = (
        ("max_exposure_usd", gate.max_exposure_usd),
        (
            "max_symbol_exposure_percent",
            None if share is None else settings.total_capital_usd * share / HUNDRED,
        ),
    )
    for name, bound in bounds:
        if bound is not None and capital > bound:
            text = (
                f"one entry binds {plain(usd(capital))} USD and {name} allows {plain(usd(bound))} "
                f"USD: every signal will be refused; raise {name} or lower sizing"
            )
            yield Remark("over_exposure", "problem", text, f"protection.gate.{name}")


def _out_of_reach(settings: AccountSettings) -> Iterator[Remark]:
    """Legs that a stop or a cancellation comes before, ladder by ladder."""
    for name, shape in _shapes(settings):
        leg = _behind_stop(settings, shape)
        if leg is not None:
            text = (
                f"{name}: the stop lies inside the ladder: it closes the position before leg "
                f"{leg + 1} can fill; widen the stop or shorten the ladder"
            )
            yield Remark("stop_inside_ladder", "warning", text, "stops")
        beyond = settings.orders.cancel_dca_beyond_percent
        if beyond is not None and any(-leg.gap_percent >= beyond for leg in shape):
            text = (
                f"{name}: legs are cancelled {plain(beyond)} % from the entry and the last stands "
                f"{plain(-min(leg.gap_percent for leg in shape))} % from it: it can never fill"
            )
            field = "orders.cancel_dca_beyond_percent"
            yield Remark("leg_out_of_reach", "warning", text, field)


def _shapes(settings: AccountSettings) -> Iterator[tuple[str, Ladder]]:
    yield "ladder", settings.ladder
    for index, shape in sorted(settings.pyramid_levels.items()):
        yield f"pyramid_levels {index}", shape
    for one in settings.market_ladders:
        yield f"market_ladders {one.symbol}", one.ladder
        for index, shape in sorted(one.pyramid_levels.items()):
            yield f"market_ladders {one.symbol} {index}", shape


def _behind_stop(settings: AccountSettings, shape: Ladder) -> int | None:
    """The first leg that stands at or beyond the stop of the legs before it, on either side."""
    found = (_behind_stop_of(settings, shape, side) for side in Side)
    return min((leg for leg in found if leg is not None), default=None)


def _behind_stop_of(settings: AccountSettings, shape: Ladder, side: Side) -> int | None:
    fixed, trailing = settings.stops.stop_loss_percent, settings.stops.trailing_stop_percent
    spent, units = Decimal(0), Decimal(0)
    for index, leg in enumerate(sorted(shape, key=lambda leg: -leg.gap_percent)):
        price = ahead(side, Decimal(1), leg.gap_percent)
        levels = []
        if fixed is not None and units:
            levels.append(behind(side, spent / units, fixed))
        if trailing is not None and units:
            levels.append(behind(side, Decimal(1), trailing))
        if any((price - level) * side.sign <= 0 for level in levels):
            return index
        spent, units = spent + leg.weight_percent, units + leg.weight_percent / price
    return None


def _refusals(
    settings: AccountSettings, instrument: Instrument, price: Decimal
) -> Iterator[LadderRefused]:
    """What a long entry at this price would be refused for, once for each code."""
    account, seen = Account("", "", settings), dict[str, None]()
    frames = {None: 0} | {
        one.timeframe: 0 for one in settings.market_ladders if one.symbol == instrument.symbol
    }
    for timeframe in frames:
        for index in range(settings.max_pyramids):
            shape = shape_of(settings, instrument.symbol, timeframe or 0, index)
            entry = Entry(instrument.symbol, timeframe or 0, Side.LONG, index, price)
            capital = capital_usd(account, entry, shape)
            if isinstance(capital, LadderRefused):
                continue
            drawn = ladder(shape, Side.LONG, price, capital, instrument)
            if isinstance(drawn, LadderRefused) and drawn.code not in seen:
                seen[drawn.code] = None
                yield drawn


def _of_symbols(code: str, found: list[tuple[str, LadderRefused]]) -> Remark:
    names = [symbol for symbol, _ in found]
    shown = ", ".join(names[:NAMED_MAX])
    more = f" and {len(names) - NAMED_MAX} more" if len(names) > NAMED_MAX else ""
    symbol, first = found[0]
    text = f"signals for {shown}{more} will be refused; for {symbol}: {first.text}"
    only = symbol if len(names) == 1 else None
    return Remark(code, "problem", text, "ladder", only)
