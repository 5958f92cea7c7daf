"""A numbered promise of a venue: one sentence, what it needs, and the proof of it.

``needs`` names features of a stage; a venue without them has nothing to prove there.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final

from engine.venues.port import Refused
from tests.conformance.stage import Stage

Play = Callable[[Stage], Awaitable[None]]


@dataclass(frozen=True)
class Case:
    """One promise."""

    number: str
    text: str
    needs: frozenset[str]
    play: Play


CASES: Final[list[Case]] = []


def case(number: str, text: str, *needs: str) -> Callable[[Play], Play]:
    """Number a promise."""

    def add(play: Play) -> Play:
        assert all(one.number != number for one in CASES), f"{number} is taken"
        CASES.append(Case(number, text, frozenset(needs), play))
        return play

    return add


def refused(answer: object, code: str) -> Refused:
    assert isinstance(answer, Refused), answer
    assert answer.code == code, answer
    return answer
