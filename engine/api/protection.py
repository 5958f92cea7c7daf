"""The protection of an account as shown: the drawdown guard at this moment, and locks in force."""

from __future__ import annotations

from datetime import datetime

from engine.api.risk_views import GuardView, LockView
from engine.domain.account import Account
from engine.domain.instrument import Market
from engine.policy import drawdown, protections
from foundation.money import usd


def guard_view(account: Account, market: Market, at: datetime) -> GuardView:
    """The guard as it stands; equity and what it has lost by the prices of this market."""
    guard, settings = account.guard, account.settings.protection.drawdown
    equity = drawdown.equity_usd(account, market, at)
    peak = guard.peak_usd
    if peak is None and equity is not None:
        peak = drawdown.first_peak_usd(account, equity)
    lost = (
        usd(drawdown.below_percent(peak, equity))
        if peak is not None and equity is not None
        else None
    )
    return GuardView(
        enabled=settings.enabled,
        stage=guard.stage.value,
        equity_usd=equity,
        peak_usd=usd(peak) if peak is not None else None,
        drawdown_percent=lost,
        warn_percent=drawdown.warn_percent(settings),
        soft_percent=settings.soft_drawdown_percent,
        max_percent=settings.max_drawdown_percent,
        min_equity_usd=settings.min_equity_usd,
    )


def lock_views(account: Account, at: datetime) -> tuple[LockView, ...]:
    """Locks that hold now, those that end last first."""
    held = sorted(protections.unlocked(account.locks, at), key=lambda one: one.until, reverse=True)
    return tuple(LockView(one.kind, one.symbol, one.until, one.text) for one in held)
