"""Bounds of commands and wiring."""

from __future__ import annotations

from typing import Final

SERVER_SHUTDOWN_S: Final = 5.0
DOCTOR_TIMEOUT_S: Final = 10.0
BOT_NAME_WAIT_S: Final = 5.0
