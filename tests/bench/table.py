"""A measured row, and the table people and scripts read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

from rich.console import Console
from rich.table import Table


@dataclass(frozen=True, slots=True)
class Row:
    """One figure. ``target`` and ``baseline`` are in the same unit; None where there is none.

    ``better`` says on which side of the target the good figures lie.
    """

    bench: str
    what: str
    value: float
    unit: str
    target: float | None = None
    better: Literal["low", "high"] = "low"
    baseline: float | None = None
    baseline_is: str = ""
    note: str = ""

    @property
    def met(self) -> bool | None:
        """Whether the target is reached; None without one."""
        if self.target is None:
            return None
        return self.value <= self.target if self.better == "low" else self.value >= self.target

    @property
    def ratio(self) -> float | None:
        """This figure over the baseline's."""
        return self.value / self.baseline if self.baseline else None

    def as_dict(self) -> dict[str, Any]:
        return {**asdict(self), "met": self.met, "ratio": self.ratio}


def show(rows: Sequence[Row], console: Console) -> None:
    """Print the table; a missed target is told by word and colour."""
    table = Table(title="Countersign benchmarks", title_justify="left", pad_edge=False)
    for name, justify in (("what", "left"), ("target", "right"), ("this run", "right")):
        table.add_column(name, justify="left" if justify == "left" else "right")
    table.add_column("")
    table.add_column("baseline", justify="right")
    table.add_column("ratio", justify="right")
    table.add_column("note", ratio=1, overflow="fold")
    bench = ""
    for row in rows:
        if bench and row.bench != bench:
            table.add_section()
        bench = row.bench
        met = {None: "", True: "[green]met[/]", False: "[yellow]missed[/]"}[row.met]
        what, target, value, _, *rest = cells(row)
        table.add_row(what, target, value, met, *rest)
    console.print(table)


def cells(row: Row) -> tuple[str, ...]:
    """What, target, figure, verdict, baseline, ratio and note, as text."""
    sign = "≤" if row.better == "low" else "≥"
    target = "" if row.target is None else f"{sign} {figure(row.target)} {row.unit}"
    verdict = {None: "", True: "met", False: "missed"}[row.met]
    baseline = "" if row.baseline is None else f"{figure(row.baseline)} {row.unit}"
    ratio = "" if row.ratio is None else f"{figure(row.ratio)} x"
    note = "; ".join(part for part in (_against(row), row.note) if part)
    return (row.what, target, f"{figure(row.value)} {row.unit}", verdict, baseline, ratio, note)


def _against(row: Row) -> str:
    return f"baseline: {row.baseline_is}" if row.baseline_is else ""


def figure(value: float) -> str:
    """Three figures that count, thousands apart."""
    if abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.3g}"


def percentile(values: Sequence[float], share: float) -> float:
    """The value that ``share`` of all stay below."""
    if not values:
        return float("nan")
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]
