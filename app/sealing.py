"""Changing the encryption key: what the previous one has sealed is sealed anew at a start."""

from __future__ import annotations

from app.ground import Ground
from engine.signals.hooks import HookStore
from engine.store import webhooks
from engine.venues.keys import Keyring
from foundation.log import get_logger

_log = get_logger("app.sealing")


async def renew_secrets(base: Ground) -> int:
    """Seal every stored secret with the newest key; how many were not.

    Raises ContractBroken for a secret that neither key opens.
    """
    if base.keys.previous_key is None:
        return 0
    vault = base.keys.vault()
    changed = await Keyring(base.database, vault).reseal()
    changed += await HookStore(base.database, base.clock, vault).reseal()
    changed += await webhooks.reseal(base.database, vault)
    _log.warning(
        "every secret is sealed with ENCRYPTION_KEY; once all processes were started with it, "
        "ENCRYPTION_KEY_PREVIOUS can go",
        sealed_anew=changed,
    )
    return changed
