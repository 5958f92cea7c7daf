"""People: who they are, what they may do, what they agreed to, and what was done."""

from foundation.people.audit import Origin
from foundation.people.owner_claim import OwnerClaim
from foundation.people.people import Admission, People
from foundation.people.user import Role, User

__all__ = ["Admission", "Origin", "OwnerClaim", "People", "Role", "User"]
