"""How a request to an exchange can fail, and what each error code means for an order.

The tables say it: a code in ``verdicts`` is a certain no; one in ``unclear`` may hide an order
that exists, and so may every code that no table knows. An answer without a code is a no only when
its HTTP status says that the request was turned away at the door.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

from engine.venues.port import OutcomeUnknown, RefusalCode, Refused
from foundation import limits
from foundation.errors import Unavailable

TOO_MANY: Final = (429, 418, 403)
"""Too many requests, banned for it, and a firewall that says the same."""


_AT_THE_DOOR: Final = frozenset({401, 404, 405, 411, 413, 414, 415, 431, 451})
"""Statuses with which a server turns a request away before anybody looks at the order in it."""


class Failure(Exception):
    """A request that did not bring what was asked for."""


class Rejection(Failure):
    """The exchange answered with an error: HTTP status, its code, its words."""

    def __init__(self, status: int, code: str, text: str, retry_after: int = 0) -> None:
        super().__init__(f"{status} {code}: {text}")
        self.status = status
        self.code = code
        self.text = text
        self.retry_after = retry_after

    @property
    def without_code(self) -> bool:
        """There was nothing in the answer but its HTTP status."""
        return self.code == str(self.status)


class Silence(Failure):
    """No answer, or none that can be read: nobody knows whether the request had an effect."""


class Withheld(Failure):
    """We did not send it, because the exchange would have refused it and held it against us."""

    def __init__(self, verdict: Verdict) -> None:
        super().__init__(verdict.text)
        self.verdict = verdict


@dataclass(frozen=True, slots=True)
class Verdict:
    """A certain no, in our words; see `Refused`."""

    code: RefusalCode
    text: str
    final: bool = True
    retry_after: int = 0


@dataclass(frozen=True, slots=True)
class ErrorTable:
    """One exchange's codes. ``phrases`` are tried first: parts of its message, lower-case;
    None for one after which the order may exist."""

    title: str
    verdicts: Mapping[str, Verdict]
    unclear: frozenset[str]
    phrases: tuple[tuple[str, Verdict | None], ...] = ()

    def verdict(self, rejection: Rejection) -> Verdict | None:
        """What the error means; None when the order may exist all the same."""
        if rejection.code in self.unclear:
            return None
        said = rejection.text.lower()
        for phrase, verdict in self.phrases:
            if phrase in said:
                return None if verdict is None else self._told(verdict, rejection)
        known = self.verdicts.get(rejection.code)
        if known is not None:
            return self._told(known, rejection)
        if rejection.status in TOO_MANY:
            wait = rejection.retry_after or limits.VENUE_RATE_RETRY_S
            return Verdict(RefusalCode.RATE_LIMITED, self._busy(), False, wait)
        if rejection.without_code and rejection.status in _AT_THE_DOOR:
            other = Verdict(RefusalCode.REJECTED, f"{self.title} refused the request")
            return self._told(other, rejection)
        return None

    def refused(self, failure: Failure) -> Refused | OutcomeUnknown:
        """The outcome of a request that changes something."""
        if isinstance(failure, Withheld):
            return _refused(failure.verdict)
        verdict = self.verdict(failure) if isinstance(failure, Rejection) else None
        return OutcomeUnknown(str(failure)) if verdict is None else _refused(verdict)

    def unavailable(self, failure: Failure) -> Unavailable:
        """The error of a request that only asks; its code tells keys, limits and clock apart."""
        if isinstance(failure, Withheld):
            return Unavailable(failure.verdict.text, code=failure.verdict.code.value)
        verdict = self.verdict(failure) if isinstance(failure, Rejection) else None
        if verdict is None:
            return Unavailable(f"{self.title} does not answer: {failure}")
        telling = verdict.code in _TELLING
        return Unavailable(verdict.text, code=verdict.code.value if telling else None)

    def _told(self, verdict: Verdict, rejection: Rejection) -> Verdict:
        words = f"{verdict.text} ({self.title} {rejection.code}: {rejection.text})"
        wait = rejection.retry_after or verdict.retry_after
        return replace(verdict, text=words, retry_after=wait)

    def _busy(self) -> str:
        return f"{self.title} asks us to slow down."


_TELLING: Final = frozenset(
    {
        RefusalCode.AUTHENTICATION_FAILED,
        RefusalCode.PERMISSION_DENIED,
        RefusalCode.RATE_LIMITED,
        RefusalCode.CLOCK_SKEW,
    }
)


def margin_kept(title: str, wanted: str, rejection: Rejection) -> str:
    """The sentence for an order that is placed in another margin mode than the wanted one."""
    return (
        f"{title} does not set {wanted} margin now, so the mode there is kept "
        f"({rejection.code}: {rejection.text})."
    )


def _refused(verdict: Verdict) -> Refused:
    return Refused(verdict.code.value, verdict.text, verdict.final, verdict.retry_after)
