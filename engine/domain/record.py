"""``record``: a dataclass that mypy keeps frozen and the interpreter makes quickly.

A frozen dataclass sets each field by ``object.__setattr__``: for a leg with its 28 fields ten times
the work of plain assignment, and every step makes dozens of objects. Assigning to a field is a type
error all the same, so nobody does.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dataclasses import dataclass as record
else:
    from dataclasses import dataclass

    def record(*, frozen, slots):
        """A dataclass with slots that is compared and hashed by its fields."""
        assert frozen, "whoever decides holds the account as it was: what it is made of is frozen"
        return dataclass(slots=slots, unsafe_hash=True)


__all__ = ["record"]
