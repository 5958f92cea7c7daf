"""Trading states: whether an account may take entries at all, with a code and a sentence."""

from __future__ import annotations

from engine.domain.account import Account
from engine.domain.words import TradingState


def stopped(account: Account) -> tuple[str, str] | None:
    """Why no entry may act, by the installation's state or the account's own."""
    if account.installation is not TradingState.RUNNING:
        text = f"Trading is {account.installation} for the whole installation: no new entries."
        return f"installation_{account.installation}", text
    if account.state is not TradingState.RUNNING:
        text = f"The account is {account.state}: it takes no new entries."
        return f"account_{account.state}", text
    return None


def halted(account: Account, only: str) -> tuple[str, str]:
    """Code and sentence for what a halt keeps from happening; ``only`` says what is left."""
    if account.installation is TradingState.HALTED:
        return "installation_halted", f"Trading is halted for the whole installation: {only}"
    return "account_halted", f"The account is halted: {only}"
