"""The report of a study as Markdown: figures side by side, nothing left out that looks bad."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from decimal import Decimal

from tests.study.month import Run

_HEAD = """# A month through pool, queue and risk engine

Real candles, a plain RSI rule as the source of signals (it is no good strategy; it gives the parts
work), one paper account with {slots} slots, three entries to a group that share its capital, four
legs with targets of 3 %, fees and slippage of paper trading. The core is the one that trades live.
Risk engine: losers from −2 % an hour after their last order went out, not waiting for all entries,
covered in part where profit is short; otherwise as by default. The drawdown guard is off: it halts
until a person resumes, and nobody sits there in a study. From {start}, {days} days.

{notes}

| | {names} |
|---|{dashes}|
"""


def written(
    runs: Sequence[Run], notes: Sequence[str], start: datetime, days: int, slots: int
) -> str:
    """The whole page."""
    head = _HEAD.format(
        slots=slots,
        start=start.date(),
        days=days,
        notes="\n".join(f"- {note}" for note in notes),
        names=" | ".join(one.name for one in runs),
        dashes="|".join("---:" for _ in runs),
    )
    rows: tuple[tuple[str, Callable[[Run], str]], ...] = (
        ("signals", lambda r: f"{r.signals:,}"),
        ("groups opened", lambda r: _n(r, "group_opened")),
        ("entries added", lambda r: _n(r, "pyramid_added")),
        ("trades closed", lambda r: f"{r.trades:,}"),
        ("of them with profit", lambda r: f"{r.wins:,}"),
        ("realised, USD", lambda r: _usd(r.realized_usd)),
        ("unrealised at the end, USD", lambda r: _usd(r.unrealized_usd)),
        ("together, USD", lambda r: _usd(r.realized_usd + r.unrealized_usd)),
        ("fees, USD", lambda r: _usd(r.fees_usd)),
        ("deepest hourly drawdown, USD", lambda r: _usd(r.max_drawdown_usd)),
        ("groups open at the end", lambda r: str(r.open_groups)),
        ("signals queued", lambda r: _n(r, "queued")),
        ("replaced in the queue", lambda r: _n(r, "replaced")),
        ("promoted", lambda r: _n(r, "promoted")),
        ("left the queue otherwise", lambda r: _n(r, "dequeued")),
        ("median wait of the promoted", lambda r: _median(r.waited)),
        ("refused", lambda r: _n(r, "signal_refused")),
        ("risk reviews that found a loser", lambda r: _n(r, "risk_reviewed")),
        ("risk actions", lambda r: _n(r, "risk_action")),
        ("guard triggered", lambda r: _n(r, "guard_triggered")),
    )
    lines = [
        f"| {what} | " + " | ".join(figure(one) for one in runs) + " |" for what, figure in rows
    ]
    return head + "\n".join(lines) + "\n\n" + "\n".join(_endings(runs)) + "\n"


def _endings(runs: Sequence[Run]) -> list[str]:
    lines = ["What ended the trades, and what became of the signals:", ""]
    for one in runs:
        reasons = ", ".join(f"{n} {_plain(reason)}" for reason, n in sorted(one.reasons.items()))
        outcomes = ", ".join(f"{n} {_plain(code)}" for code, n in sorted(one.outcomes.items()))
        lines.append(f"- {one.name}: {reasons or 'none'}; signals: {outcomes}")
    return lines


def _plain(code: str) -> str:
    return str(code).replace("_", " ")


def _n(one: Run, event: str) -> str:
    return f"{one.events[event]:,}"


def _usd(amount: Decimal) -> str:
    return f"{amount:,.2f}"


def _median(waits: Sequence[timedelta]) -> str:
    if not waits:
        return "–"
    middle = sorted(waits)[len(waits) // 2]
    return f"{middle.total_seconds() / 60:,.0f} min"
