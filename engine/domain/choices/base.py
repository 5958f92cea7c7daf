"""What all sections of the settings share: frozen, strict, and bounded numbers."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Final

from pydantic import BaseModel, ConfigDict, Field, PlainSerializer, WithJsonSchema

from foundation.money import plain

_PLAIN = PlainSerializer(plain, return_type=str, when_used="json-unless-none")
"""Written as people write numbers: never ``1E-8``."""
_SHAPE = WithJsonSchema(
    {"type": "string", "pattern": "^-?[0-9]+([.][0-9]+)?$"}, mode="serialization"
)
Number = Annotated[Decimal, _PLAIN, _SHAPE]
Percent = Annotated[Decimal, Field(max_digits=12, decimal_places=6), _PLAIN, _SHAPE]
Usd = Annotated[Decimal, Field(max_digits=20, decimal_places=8), _PLAIN, _SHAPE]


LARGEST: Final = Decimal(999_999_999_999)
"""No number in the settings is larger."""


class Section(BaseModel):
    """A part of the settings document: unknown names are refused, values never change."""

    model_config = ConfigDict(frozen=True, extra="forbid")
