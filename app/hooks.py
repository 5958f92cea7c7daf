"""``countersign hooks create``: a hook for somebody, made from the command line."""

from __future__ import annotations

from app.ground import ground
from app.trading import make_front
from foundation.settings import Settings


async def create(
    settings: Settings, telegram_id: int, account_id: str | None, label: str
) -> dict[str, str]:
    """The new hook's URL, path, secret and body to paste; the person joins if they are new.

    Raises NotFound for an account that is not theirs, Conflict for a label in use.
    """
    async with ground(settings) as base:
        front = make_front(base)
        user = await base.people.by_telegram(telegram_id)
        if user is None:
            user = await base.people.ensure(telegram_id, f"User {telegram_id}", None, None)
        account = account_id or (await front.accounts.ensure_paper(user.id)).id
        hook = await front.hooks.create(user.id, account, label)
        return {
            "id": hook.id,
            "account": hook.account_id,
            "url": hook.url,
            "path": hook.path,
            "secret": hook.secret,
            "body": hook.body_to_paste,
        }
