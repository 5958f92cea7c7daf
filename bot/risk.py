"""The risk notice people accept: its document name and version; its words are `start-risk`.

Imports nothing, so that the wiring can hand the version to the engine without loading the bot.
"""

from __future__ import annotations

from typing import Final

RISK_DOCUMENT: Final = "risk"
RISK_VERSION: Final = "2026-11"
"""A new text needs a new version here."""
