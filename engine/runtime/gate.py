"""The gate: until an account was compared with its venue, its worker hears the venue alone."""

from __future__ import annotations

from collections.abc import Sequence


class Gate:
    """Shut for every account until it is opened for it."""

    def __init__(self) -> None:
        self._held: dict[str, None] = {}
        self._passed: dict[str, None] = {}
        self._list: tuple[str, ...] | None = ()

    def shut(self) -> None:
        """Everybody waits again."""
        self._held.clear()
        self._passed.clear()
        self._list = ()

    def arrived(self, account_id: str) -> bool:
        """An account is known now; True when it has to wait."""
        if account_id in self._passed:
            return False
        if account_id not in self._held:
            self._held[account_id] = None
            self._list = None
        return True

    def open(self, account_id: str) -> None:
        """Let this account through from now on."""
        self._held.pop(account_id, None)
        self._passed[account_id] = None
        self._list = None

    def passed(self, account_id: str) -> bool:
        """Whether every fact of this account may be decided."""
        return account_id in self._passed

    @property
    def held(self) -> Sequence[str]:
        """The known accounts that wait."""
        if self._list is None:
            self._list = tuple(self._held)
        return self._list
