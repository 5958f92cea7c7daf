"""The Bot API's methods, one module per word; each takes the switchboard and its parameters."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from app.sandbox.botapi.params import Params
from app.sandbox.switchboard import Switchboard

Method = Callable[[Switchboard, Params], Awaitable[Any]]
"""Returns the `result` of the answer; raises Refusal for Telegram's errors."""
