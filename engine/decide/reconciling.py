"""The venue was compared with us: what is taken over from it, and what is told."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal
from typing import Final

from engine.decide.turn import Turn
from engine.domain.account import Account
from engine.domain.changed import replace
from engine.domain.events import Difference, Reconciled
from engine.domain.leg import ZERO
from engine.domain.notices import NoticeKind, Outcome
from engine.policy import comparing, drawdown, holdings
from foundation.money import plain

WORDS: Final = {
    "fill": ("{n} fill", "{n} fills"),
    "order_gone": ("{n} order gone", "{n} orders gone"),
    "foreign_order": ("{n} foreign order left alone", "{n} foreign orders left alone"),
    "position": ("{n} position differs", "{n} positions differ"),
    "balance": ("{n} balance differs", "{n} balances differ"),
}


def reconciled(turn: Turn, fact: Reconciled) -> Outcome:
    """Take over money and holdings; tell differences in one sentence, or nothing at all."""
    _money(turn, fact)
    _holdings(turn, fact)
    _external(turn, fact)
    text = summary(fact.differences, at_start=fact.at_start)
    if fact.differences:
        counts = _counts(fact.differences)
        data = {what: str(counts[what]) for what in WORDS if counts[what]}
        data["details"] = "\n".join(f"{one.symbol}: {one.text}" for one in fact.differences)
        turn.tell(NoticeKind.RECONCILED, f"{text}.", data=data)
    return Outcome("done", "reconciled", f"{text}.")


def summary(differences: tuple[Difference, ...], *, at_start: bool) -> str:
    """``2 fills while away, 1 order gone, 1 foreign order left alone``."""
    counts = _counts(differences)
    parts = []
    for what, (one, many) in WORDS.items():
        if n := counts[what]:
            said = (one if n == 1 else many).format(n=n)
            if what == "fill":
                said += " while away" if at_start else " missed"
            parts.append(said)
    return ", ".join(parts) or "Nothing differs"


def _counts(differences: tuple[Difference, ...]) -> Counter[str]:
    return Counter(one.what for one in differences)


def _money(turn: Turn, fact: Reconciled) -> None:
    """Funds as the venue tells them; a jump of equity is told, and nothing is done about it."""
    account = turn.account
    account = replace(account, funds=fact.funds or account.funds)
    guard, moved = account.guard, fact.moved_usd
    counted = ZERO if drawdown.capital_counts(account) else moved
    peak = None if guard.peak_usd is None else guard.peak_usd + counted
    guard = replace(
        guard,
        moved_usd=guard.moved_usd + moved,
        peak_usd=peak,
        wallet_base_usd=drawdown.wallet_base_usd(account),
    )
    account = replace(account, guard=guard if guard != account.guard else account.guard)
    equity = drawdown.equity_usd(account, turn.market, turn.at)
    if equity is not None:
        _tell_jump(turn, account, equity, counted)
        if equity != guard.equity_usd:
            account = replace(account, guard=replace(guard, equity_usd=equity))
    turn.account = account


def _tell_jump(turn: Turn, account: Account, equity: Decimal, moved: Decimal) -> None:
    percent = drawdown.jumped(account.guard, equity, moved)
    if percent is None:
        return
    before = account.guard.equity_usd or ZERO
    text = (
        f"Equity went from {before:.2f} to {equity:.2f} USD ({percent:+.1f} %) since the venue "
        "was asked last; look whether that is right."
    )
    data = {
        "before_usd": plain(before),
        "equity_usd": plain(equity),
        "percent": f"{percent:.2f}",
        "moved_usd": plain(moved),
    }
    turn.tell(NoticeKind.EQUITY_JUMPED, text, data=data)


def _external(turn: Turn, fact: Reconciled) -> None:
    """Remember what was told of others' orders and positions, so that it is told once."""
    known = turn.account.external
    told = {name: text for name, text in known.items() if name not in fact.gone}
    told |= {
        comparing.name_of(one): one.text
        for one in fact.differences
        if one.what in comparing.EXTERNAL
    }
    if told != known:
        turn.account = replace(turn.account, external=told)


def _holdings(turn: Turn, fact: Reconciled) -> None:
    """What the venue holds less than we say caps what we sell; somebody else has traded."""
    account = turn.account
    seen_at = fact.funds.seen_at if fact.funds else turn.at
    known = account.short_at_venue
    short = holdings.shortages(account, fact.positions, turn.market.instruments, seen_at)
    if short == known:
        return
    turn.account = replace(account, short_at_venue=short)
    for symbol in sorted({*known, *short}):
        missing, before = short.get(symbol, ZERO), known.get(symbol, ZERO)
        if missing == before:
            continue
        for group in account.groups.values():
            if group.symbol == symbol:
                turn.touch(group.id)
        if missing > before:
            base = symbol.partition("/")[0]
            text = (
                f"{account.venue} holds {plain(missing)} {base} less than our fills: traded by "
                "hand or elsewhere. It is left alone, and only what is there is closed."
            )
            data = {"missing": plain(missing)}
            turn.tell(NoticeKind.EXTERNAL_TRADE, text, symbol=symbol, data=data)
