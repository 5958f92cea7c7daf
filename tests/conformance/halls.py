"""Every venue that must pass, by its name in the table."""

from __future__ import annotations

from typing import Final

from tests.conformance.binance_stage import binance_linear, binance_spot
from tests.conformance.bybit_stage import bybit_linear, bybit_spot
from tests.conformance.paper_stage import paper
from tests.conformance.stage import Opening

HALLS: Final[dict[str, Opening]] = {
    "paper": paper,
    "binance spot": binance_spot,
    "binance linear": binance_linear,
    "bybit spot": bybit_spot,
    "bybit linear": bybit_linear,
}
