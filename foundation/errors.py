"""The one tree of errors. Each class says when it happens and carries text for a person.

CountersignError
├── InvalidInput      422  what was sent cannot be understood or is out of bounds
├── Unauthorised      401  nobody, or nobody we can verify, is asking
├── Forbidden         403  we know who asks, and they may not
├── NotFound          404  no such object for this person (also: somebody else's)
├── Conflict          409  the object moved on, or was decided already
├── Gone              410  it was there and has expired
├── TooLarge          413  more bytes than the bound allows
├── RateLimited       429  too often; `retry_after` says how long to wait
├── Unavailable       503  something we depend on is down; trying again may help
├── SettingsError     500  a setting is missing or wrong; the program does not start
├── SchemaMismatch    500  database and program are of different versions
└── ContractBroken    500  our own bug: an invariant did not hold
"""

from __future__ import annotations

from typing import Any, ClassVar


class CountersignError(Exception):
    """Root of every error we raise on purpose; never raised itself.

    `text` is a plain sentence for a person: what happened, where, how to fix it.
    `code` is for programs, `field` names the input at fault, `data` holds further facts
    (strings and numbers) that may be shown to the caller.
    """

    code: str = "error"
    status: ClassVar[int] = 500

    def __init__(
        self, text: str, *, code: str | None = None, field: str | None = None, **data: Any
    ) -> None:
        super().__init__(text)
        self.text = text
        self.field = field
        self.data = data
        if code is not None:
            self.code = code

    def __str__(self) -> str:
        return self.text


class InvalidInput(CountersignError):
    """What was sent cannot be understood, or a value is out of its bounds."""

    code = "invalid_input"
    status = 422


class Unauthorised(CountersignError):
    """No credentials, or credentials that are wrong, expired or revoked."""

    code = "unauthorised"
    status = 401


class Forbidden(CountersignError):
    """We know who asks, but their role or entitlement does not allow it."""

    code = "forbidden"
    status = 403


class NotFound(CountersignError):
    """No such object for this person; somebody else's object looks the same."""

    code = "not_found"
    status = 404


class Conflict(CountersignError):
    """The object was changed or decided meanwhile, or a key was used for something else."""

    code = "conflict"
    status = 409


class Gone(CountersignError):
    """The object existed, and its time is over (an expired offer, a used link)."""

    code = "gone"
    status = 410


class TooLarge(CountersignError):
    """More bytes or rows than the bound in `foundation.limits` allows."""

    code = "too_large"
    status = 413


class RateLimited(CountersignError):
    """Asked too often; `data["retry_after"]` is the wait in seconds."""

    code = "rate_limited"
    status = 429


class Unavailable(CountersignError):
    """Something we depend on (database, venue, Telegram) does not answer right now."""

    code = "unavailable"
    status = 503


class SettingsError(CountersignError):
    """A setting is missing, wrong or unfit for production, so the program does not start."""

    code = "settings"
    status = 500


class SchemaMismatch(CountersignError):
    """The database's tables are newer or older than this program understands."""

    code = "schema_mismatch"
    status = 500


class ContractBroken(CountersignError):
    """Our own bug: something that must always hold did not. Never shown in detail."""

    code = "contract_broken"
    status = 500
