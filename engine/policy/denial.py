"""A denial of the gate: why an entry may not act now, as data first and a sentence second."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field

from engine.domain.record import record


@record(frozen=True, slots=True)
class Denial:
    """Why no entry may act now; ``data`` has the numbers as plain strings.

    ``frees`` denials pass when something closes, so a signal that has to queue anyway may wait.
    """

    code: str
    text: str
    data: Mapping[str, str] = field(default_factory=dict)
    frees: bool = False
