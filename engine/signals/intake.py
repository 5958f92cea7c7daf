"""From a posted alert to its receipt: the hot path behind a hook's address.

Order of judgement: token, size, what the body says (its secret first), whether it is a repeat,
the rate, its age. Nothing is acknowledged before it is durable.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from hashlib import blake2b
from typing import Literal, Protocol

from engine.domain.words import MarketKind
from engine.signals import counters as kinds
from engine.signals.body import BODY, printable
from engine.signals.counters import Counters
from engine.signals.hooks import Hook, HookStore
from engine.signals.port import Parsed, Reader, Refusal
from engine.signals.rate import Rates
from engine.signals.receipt import Draft, Receipt, Stored
from engine.signals.registry import parse
from engine.signals.symbols import Symbols
from engine.signals.writer import ReceiptWriter
from foundation import limits
from foundation.clock import Clock
from foundation.errors import CountersignError, Unavailable
from foundation.ids import new_id
from foundation.log import get_logger

_log = get_logger("engine.signals.intake")

AnswerStatus = Literal[
    "accepted", "duplicate", "stale", "refused", "rate_limited", "unauthorised", "unavailable"
]


class Tradable(Protocol):
    """Knows what can be traded where."""

    async def symbols(self, venue: str, market: MarketKind) -> Symbols:
        """All symbols of that market of the venue. Raises Unavailable while nobody can tell."""
        ...


@dataclass(frozen=True, slots=True)
class Answer:
    """What the sender is told. ``receipt`` is None when nothing was stored."""

    http_status: int
    status: AnswerStatus
    code: str
    message: str
    field: str | None = None
    receipt: Receipt | None = None
    retry_after: int | None = None


class Intake:
    """Takes alerts. `accept` never raises for anything a sender can do."""

    def __init__(
        self,
        hooks: HookStore,
        writer: ReceiptWriter,
        counters: Counters,
        tradable: Tradable,
        clock: Clock,
    ) -> None:
        self._hooks = hooks
        self._writer = writer
        self._counters = counters
        self._tradable = tradable
        self._clock = clock
        self._rates = Rates(clock)

    async def accept(self, token: str, body: bytes, content_type: str) -> Answer:
        """Judge one posted body and store its receipt; see the module's text for the order."""
        try:
            hook = await self._hooks.by_token(token)
            if hook is None:
                self._counters.count("", kinds.UNKNOWN_TOKEN)
                return Answer(
                    404,
                    "unauthorised",
                    "unknown_hook",
                    "there is no hook at this address: copy the URL again, it may have been "
                    "rotated or revoked",
                )
            if len(body) > limits.SIGNAL_BODY_BYTES_MAX:
                return self._too_large(hook, len(body))
            return await self._judge(hook, body, content_type)
        except CountersignError as error:
            if not isinstance(error, Unavailable):
                # ours to mend, e.g. a hook sealed with another key; the sender may try again
                _log.error("an alert could not be judged", exc_info=error)
                error = Unavailable("the alert could not be judged now; send it again")
            return Answer(
                503,
                "unavailable",
                error.code,
                error.text,
                retry_after=limits.INTAKE_RETRY_AFTER_S,
            )

    async def _judge(self, hook: Hook, body: bytes, content_type: str) -> Answer:
        now = self._clock.now()
        reader = Reader(hook.id, hook.secret, await self._tradable.symbols(hook.venue, hook.market))
        parsed = parse(body, now, reader)
        if isinstance(parsed, Refusal) and parsed.unauthorised:
            self._counters.count(hook.id, kinds.UNAUTHORISED)
            return Answer(401, "unauthorised", parsed.code, parsed.message, parsed.field)
        if isinstance(parsed, Refusal):
            draft = _refused(hook, body, parsed, now)
        else:
            draft = _read(hook, body, parsed, now)
        draft = replace(draft, content_type=printable(content_type, limits.CONTENT_TYPE_MAX))
        return await self._store(hook, draft, parsed)

    async def _store(self, hook: Hook, draft: Draft, parsed: Parsed | Refusal) -> Answer:
        stored = await self._put(hook, draft)
        if stored is None:
            return self._rate_limited(hook)
        if not stored.repeat:
            return _answer(stored.receipt)
        self._counters.count(hook.id, kinds.DUPLICATE)
        explicit = parsed.explicit_id if isinstance(parsed, Parsed) else None
        if explicit is None or stored.content == draft.content:
            return _repeated(stored.receipt)
        return await self._reused(hook, draft, stored.receipt, explicit)

    async def _put(self, hook: Hook, draft: Draft) -> Stored | None:
        """The stored receipt, or None when a new alert comes too soon."""
        if self._writer.in_flight(hook.id, draft.dedupe_key):
            return await self._writer.put(draft)
        if not self._rates.take(hook.id):
            # a repeat is recognised even when there is no token left for anything new
            known = await self._writer.known(hook.id, draft.dedupe_key)
            return await self._writer.put(draft) if known else None
        stored = await self._writer.put(draft)
        if stored.repeat:
            self._rates.give_back(hook.id)
        return stored

    async def _reused(self, hook: Hook, draft: Draft, first: Receipt, explicit: str) -> Answer:
        """Same explicit id, other content: the first stands, and both senders are told."""
        receipt = replace(
            draft.receipt,
            status="refused",
            code="id_reused",
            message=f"alert_id {printable(explicit, limits.SIGNAL_NAME_MAX)!r} was used before for "
            f"another alert (receipt {first.id}), which stands: give each alert its own id",
            field="alert_id",
            signal=None,
        )
        again = replace(draft, receipt=receipt, dedupe_key=f"reused:{explicit}:{draft.content}")
        stored = await self._put(hook, again)
        if stored is None:
            return self._rate_limited(hook)
        return _answer(stored.receipt)

    def _too_large(self, hook: Hook, size: int) -> Answer:
        self._counters.count(hook.id, kinds.TOO_LARGE)
        return Answer(
            413,
            "refused",
            "too_large",
            f"the alert has {size} bytes, at most {limits.SIGNAL_BODY_BYTES_MAX} are read",
            BODY,
        )

    def _rate_limited(self, hook: Hook) -> Answer:
        self._counters.count(hook.id, kinds.RATE_LIMITED)
        return Answer(
            429,
            "rate_limited",
            "rate_limited",
            "more than 300 new alerts a minute come to this hook: slow down, repeats are free",
            retry_after=self._rates.retry_after(hook.id),
        )


def _receipt(hook: Hook, now: datetime) -> Receipt:
    return Receipt(
        id=new_id(now),
        hook_id=hook.id,
        user_id=hook.user_id,
        account_id=hook.account_id,
        status="accepted",
        code="accepted",
        message="",
        field=None,
        received_at=now,
        signal=None,
    )


def _refused(hook: Hook, body: bytes, refusal: Refusal, now: datetime) -> Draft:
    window = int(now.timestamp()) // limits.SIGNAL_DEDUPE_WINDOW_S
    digest = blake2b(body, digest_size=16).hexdigest()
    receipt = replace(
        _receipt(hook, now),
        status="refused",
        code=refusal.code,
        message=refusal.message,
        field=refusal.field,
    )
    return Draft(receipt, f"raw:{digest}:{window}", digest, body, "")


def _read(hook: Hook, body: bytes, parsed: Parsed, now: datetime) -> Draft:
    signal = parsed.signal
    receipt = replace(_receipt(hook, now), signal=signal)
    lag = timedelta(seconds=hook.max_lag_seconds)
    if parsed.sent_at is not None and now - parsed.sent_at > lag:
        age = int((now - parsed.sent_at).total_seconds())
        receipt = replace(
            receipt,
            status="stale",
            code="stale",
            message=f"{parsed.sent_field} is {age} s old, this hook takes at most "
            f"{hook.max_lag_seconds} s: send {{{{timenow}}}}, and check the sender's clock",
            field=parsed.sent_field,
        )
    else:
        what = f"{signal.intent.capitalize()} {signal.side} {signal.symbol}"
        receipt = replace(receipt, message=f"{what}: accepted.")
    return Draft(receipt, parsed.dedupe_key, parsed.content, body, "")


def _answer(receipt: Receipt) -> Answer:
    return Answer(
        202, receipt.status, receipt.code, receipt.message, receipt.field, receipt=receipt
    )


def _repeated(first: Receipt) -> Answer:
    message = f"this alert came before and changes nothing; then it was: {first.message}"
    return Answer(202, "duplicate", "duplicate", message, first.field, receipt=first)
