"""The formats we accept, one explicit line each, and the one way from bytes to a signal."""

from __future__ import annotations

import hmac
from datetime import datetime
from typing import Final

from engine.signals import dialects
from engine.signals.body import BODY, read
from engine.signals.flat import parse as flat
from engine.signals.nested import parse as nested
from engine.signals.port import Document, Format, Parsed, Reader, Refusal, Refused

#: Asked in this order; known dialects of others come before the last, most tolerant one.
NESTED: Final[Format] = nested
FLAT: Final[Format] = flat


def parse(body: bytes, received_at: datetime, reader: Reader) -> Parsed | Refusal:
    """The signal an alert means, or why it cannot be one. Total: it never raises.

    The secret is judged before anything the sender says about trading.
    """
    try:
        document = read(body)
        if isinstance(document, str):
            return dialects.of_text(document)
        found = _format(document)
        if isinstance(found, Refusal):
            return found
        _refuse_stranger(*found.secret(document), reader.secret)
        return found.parse(document, received_at, reader)
    except Refused as refused:
        return refused.refusal


def _format(document: Document) -> Format | Refusal:
    if NESTED.recognises(document):
        return NESTED
    foreign = dialects.of_object(document)
    if foreign is not None:
        return foreign
    if FLAT.recognises(document):
        return FLAT
    return Refusal(
        "unrecognised_format",
        'the JSON has neither "tv" nor "ticker": paste the JSON shown under Hooks as the message',
        BODY,
    )


def _refuse_stranger(given: str | None, field: str, expected: str | None) -> None:
    """Raises Refused unless the hook has no secret or the alert carries it."""
    if expected is None:
        return
    if not given:
        raise Refused(
            "secret_missing",
            f'{field} is missing: this hook expects its secret in "{field}"',
            field,
            unauthorised=True,
        )
    # constant time: the answer must not tell how much of a guess was right
    same = hmac.compare_digest(
        given.encode("utf-8", "replace"), expected.encode("utf-8", "replace")
    )
    if not same:
        raise Refused(
            "secret_wrong",
            f"{field} is not this hook's secret: copy the body again",
            field,
            unauthorised=True,
        )
