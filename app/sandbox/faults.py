"""Bad weather on demand: the next calls of a method fail in a chosen way, for tests."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from app.sandbox.botapi.refusal import too_many_requests
from foundation import limits
from foundation.clock import Clock
from foundation.errors import InvalidInput

KINDS: Final = ("retry_after", "server_error", "hang", "drop_request", "drop_reply")
EVERY_METHOD: Final = "*"


@dataclass(slots=True)
class Fault:
    """The next `left` calls of `method` (lower case, `*` for any) go wrong.

    `retry_after`: 429 with `seconds` · `server_error`: `status` (5xx), not executed ·
    `hang`: not executed, no answer for a long time · `drop_request`: not executed, connection
    cut · `drop_reply`: executed, then the connection is cut.
    """

    method: str
    kind: str
    left: int
    seconds: int = 1
    status: int = 502

    def view(self) -> dict[str, Any]:
        return {
            "method": self.method,
            "kind": self.kind,
            "count": self.left,
            "seconds": self.seconds,
            "status": self.status,
        }


class Faults:
    """The planned faults, taken in the order they were planned."""

    def __init__(self) -> None:
        self._planned: list[Fault] = []

    def plan(self, fault: Fault) -> None:
        self._planned.append(fault)

    def take(self, method: str) -> Fault | None:
        """The fault this call meets, used up by it."""
        for fault in self._planned:
            if fault.method not in (EVERY_METHOD, method):
                continue
            fault.left -= 1
            if fault.left == 0:
                self._planned.remove(fault)
            return fault
        return None

    def clear(self) -> None:
        self._planned.clear()

    def view(self) -> list[dict[str, Any]]:
        return [fault.view() for fault in self._planned]


def read_fault(body: Mapping[str, Any]) -> Fault:
    """A fault as posted by a test; raises InvalidInput naming the field at fault."""
    kind = body.get("kind")
    if kind not in KINDS:
        raise InvalidInput(f"kind must be one of {', '.join(KINDS)}", field="kind")
    method = body.get("method", EVERY_METHOD)
    if not isinstance(method, str) or not method:
        raise InvalidInput("method must be a Bot API method, or * for all", field="method")
    return Fault(
        method=method.lower(),
        kind=str(kind),
        left=_whole(body, "count", 1, limits.SANDBOX_FAULTS_MAX, 1),
        seconds=_whole(body, "seconds", 1, 3600, 1),
        status=_whole(body, "status", 500, 599, 502),
    )


def _whole(body: Mapping[str, Any], name: str, low: int, high: int, default: int) -> int:
    value = body.get(name, default)
    if type(value) is not int or not low <= value <= high:
        raise InvalidInput(f"{name} must be a whole number from {low} to {high}", field=name)
    return value


class Flood:
    """Telegram's pace of one message a second in a chat, after a short burst; off by default."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._full_at: dict[int, float] = {}
        self.enforced = False

    def enforce(self, on: bool) -> None:
        self.enforced = on
        self._full_at.clear()

    def check(self, chat_id: int) -> None:
        """Raise Refusal 429 when the chat has had too many messages; counts this one otherwise."""
        if not self.enforced:
            return
        now = self._clock.monotonic()
        # the moment at which the chat's allowance is full again: one second per message
        full_at = max(self._full_at.get(chat_id, now), now) + 1
        over = full_at - now - limits.SANDBOX_CHAT_BURST
        if over > 0:
            raise too_many_requests(max(1, round(over)))
        self._full_at[chat_id] = full_at
