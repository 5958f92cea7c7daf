"""What a signal format is: bytes in, a normalised signal or a refusal out, nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from engine.domain.signal import Signal
from engine.signals.symbols import Symbols

Document = Mapping[str, object]
"""A JSON object as `engine.signals.body` reads it: numbers are still text (`Number`)."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why an alert cannot act. ``code`` is stable, ``message`` says what, where and how to fix.

    ``field`` is the path of the field at fault (``tv.entry_price``), or ``body`` for the whole.
    With ``unauthorised`` the sender did not prove to be the hook's owner: nothing is stored.
    """

    code: str
    message: str
    field: str
    unauthorised: bool = False


class Refused(Exception):
    """Carries a refusal out of the reading of one alert; never leaves `registry.parse`."""

    def __init__(self, code: str, message: str, field: str, unauthorised: bool = False) -> None:
        super().__init__(message)
        self.refusal = Refusal(code, message, field, unauthorised)


@dataclass(frozen=True, slots=True)
class Reader:
    """What a parser may know of the hook: its id, its secret and the symbols it may trade."""

    hook_id: str
    secret: str | None
    symbols: Symbols


@dataclass(frozen=True, slots=True)
class Parsed:
    """A well-formed alert.

    ``dedupe_key`` is unique per hook; ``content`` tells two alerts of one explicit id apart;
    ``sent_at`` is the alert's own time and ``sent_field`` where it stood, None without one.
    """

    signal: Signal
    dedupe_key: str
    content: str
    explicit_id: str | None
    sent_at: datetime | None
    sent_field: str


class Format(Protocol):
    """One format: a folder of `engine.signals` and a line in `registry.FORMATS`."""

    @property
    def name(self) -> str: ...

    def recognises(self, document: Document) -> bool:
        """Whether the document means to be of this format, well-formed or not."""
        ...

    def secret(self, document: Document) -> tuple[str | None, str]:
        """The secret the sender gave, or None, and the field it belongs into."""
        ...

    def parse(self, document: Document, received_at: datetime, reader: Reader) -> Parsed:
        """The signal. Raises Refused."""
        ...
