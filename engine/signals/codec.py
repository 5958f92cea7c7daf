"""A signal as JSON and back, without loss: decimals and times are text."""

from __future__ import annotations

from typing import Final

from pydantic import TypeAdapter, ValidationError

from engine.domain.signal import Signal
from foundation.errors import ContractBroken

_SIGNAL: Final[TypeAdapter[Signal]] = TypeAdapter(Signal)


def encode(signal: Signal) -> str:
    return _SIGNAL.dump_json(signal).decode()


def decode(data: str | bytes) -> Signal:
    """The signal that `encode` wrote. Raises ContractBroken for anything else."""
    try:
        return _SIGNAL.validate_json(data)
    except ValidationError as error:
        raise ContractBroken(f"a stored signal cannot be read back: {error}") from error
