"""Every numeric bound, as ``limits.NAME``; one file per owner, units are last in the names."""

from foundation.limits.chat import *  # noqa: F403 - one place to look, whole by design
from foundation.limits.core import *  # noqa: F403 - one place to look, whole by design
from foundation.limits.exchanges import *  # noqa: F403 - one place to look, whole by design
from foundation.limits.ground import *  # noqa: F403 - one place to look, whole by design
from foundation.limits.market import *  # noqa: F403 - one place to look, whole by design
from foundation.limits.orders import *  # noqa: F403 - one place to look, whole by design
from foundation.limits.records import *  # noqa: F403 - one place to look, whole by design
from foundation.limits.roof import *  # noqa: F403 - one place to look, whole by design
from foundation.limits.sandbox import *  # noqa: F403 - one place to look, whole by design
from foundation.limits.signals import *  # noqa: F403 - one place to look, whole by design
from foundation.limits.web import *  # noqa: F403 - one place to look, whole by design
