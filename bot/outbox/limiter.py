"""Telegram's sending limits as token buckets, and the pauses Telegram asks for."""

from __future__ import annotations

from dataclasses import dataclass

from bot.outbox.items import Priority
from foundation import limits
from foundation.clock import Clock


@dataclass(slots=True)
class Bucket:
    """Fills with ``per_s`` tokens a second up to ``most``; one message takes one."""

    per_s: float
    most: float
    tokens: float
    at: float

    def fill(self, now: float) -> None:
        self.tokens = min(self.most, self.tokens + (now - self.at) * self.per_s)
        self.at = now

    def wait(self, now: float, floor: float = 0.0) -> float:
        """Seconds until one token above ``floor`` is there."""
        self.fill(now)
        missing = floor + 1.0 - self.tokens
        return max(0.0, missing / self.per_s)

    def take(self, now: float) -> None:
        self.fill(now)
        self.tokens -= 1.0


class Limiter:
    """Says how long a message must wait; nothing here is kept over a restart."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        rate = limits.BOT_SEND_PER_S
        self._all = Bucket(rate, rate, rate, clock.monotonic())
        self._chats: dict[int, Bucket] = {}
        self._chat_paused: dict[int, float] = {}
        self._bulk_paused = 0.0
        self._all_paused = 0.0

    def wait_all(self, priority: Priority) -> float:
        """Seconds until a message of this priority may leave at all."""
        now = self._clock.monotonic()
        urgent = priority <= Priority.DECISION
        floor = 0.0 if urgent else limits.BOT_SEND_PER_S * limits.BOT_SEND_RESERVED
        paused = self._all_paused if urgent else max(self._all_paused, self._bulk_paused)
        return max(self._all.wait(now, floor), paused - now)

    def room(self) -> int:
        """How many messages may leave at this moment."""
        self._all.fill(self._clock.monotonic())
        return int(self._all.tokens)

    def wait_chat(self, chat_id: int) -> float:
        """Seconds until this chat may get its next message."""
        now = self._clock.monotonic()
        bucket = self._chats.get(chat_id)
        paused = self._chat_paused.get(chat_id, 0.0) - now
        return max(bucket.wait(now) if bucket else 0.0, paused, 0.0)

    def take(self, chat_id: int) -> None:
        """A message to this chat is about to leave."""
        now = self._clock.monotonic()
        self._all.take(now)
        if chat_id not in self._chats:
            self._tidy(now)
            self._chats[chat_id] = _chat_bucket(chat_id, now)
        self._chats[chat_id].take(now)

    def waiting_chats(self) -> dict[int, float]:
        """Chats that may get nothing right now, with the seconds they must wait."""
        known = set(self._chats) | set(self._chat_paused)
        waits = {chat: self.wait_chat(chat) for chat in known}
        return {chat: wait for chat, wait in waits.items() if wait > 0}

    def told_to_wait(self, chat_id: int, seconds: float) -> None:
        """Telegram asked for a pause: this chat rests, and so does all that is not urgent."""
        until = self._clock.monotonic() + seconds
        self._chat_paused[chat_id] = max(self._chat_paused.get(chat_id, 0.0), until)
        self._bulk_paused = max(self._bulk_paused, until)

    def rest(self, seconds: float) -> None:
        """Telegram does not answer: nothing leaves for a while."""
        self._all_paused = max(self._all_paused, self._clock.monotonic() + seconds)

    def _tidy(self, now: float) -> None:
        """Forget chats whose bucket is full again, so that the table does not grow for ever."""
        if len(self._chats) < limits.BOT_USERS_REMEMBERED:
            return
        for bucket in self._chats.values():
            bucket.fill(now)
        self._chats = {c: b for c, b in self._chats.items() if b.tokens < b.most}
        self._chat_paused = {c: at for c, at in self._chat_paused.items() if at > now}


def _chat_bucket(chat_id: int, now: float) -> Bucket:
    burst = float(limits.BOT_CHAT_BURST)
    # a group's minute holds the burst as well
    in_group = (limits.BOT_GROUP_PER_MINUTE - burst) / 60.0
    return Bucket(in_group if chat_id < 0 else limits.BOT_CHAT_PER_S, burst, burst, now)
