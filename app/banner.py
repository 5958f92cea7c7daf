"""What the terminal shows once the house stands: where to click."""

from __future__ import annotations

from rich.console import Console
from rich.panel import Panel
from rich.table import Table

from foundation.settings import Settings


def show(settings: Settings, sandbox_url: str | None) -> None:
    """Addresses to open, on standard output."""
    rows = Table.grid(padding=(0, 2))
    if sandbox_url:
        rows.add_row("[bold]Chat[/]", f"[link={sandbox_url}]{sandbox_url}[/link]", "start here")
    rows.add_row("Mini App", f"{settings.base_url}/app/", "opens from the chat")
    rows.add_row("API", f"{settings.base_url}/api/docs", "")
    rows.add_row("Health", f"{settings.base_url}/health", "")
    Console().print(Panel(rows, title="Countersign is running", expand=False, padding=(1, 2)))


def show_claim(token: str, bot: str | None) -> None:
    """The link that makes whoever opens it first the owner. Printed, never logged."""
    where = f"https://t.me/{bot}?start=claim_{token}" if bot else f"/start claim_{token}"
    text = f"Nobody owns this installation yet. Open this once to own it:\n[bold]{where}[/]"
    Console().print(Panel(text, title="Owner", expand=False), soft_wrap=True)
