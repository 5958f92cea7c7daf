"""What all sections of the settings share: frozen, strict, and bounded numbers."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

Percent = Annotated[Decimal, Field(max_digits=12, decimal_places=6)]
Usd = Annotated[Decimal, Field(max_digits=20, decimal_places=8)]


class Section(BaseModel):
    """A part of the settings document: unknown names are refused, values never change."""

    model_config = ConfigDict(frozen=True, extra="forbid")
