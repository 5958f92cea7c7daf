"""The command line: `countersign run` and everything else an operator types.

Heavy parts are imported inside the commands, so that `--help` and errors answer at once.
"""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console

from foundation.errors import CountersignError

if TYPE_CHECKING:
    from collections.abc import Coroutine

    from foundation.settings import Settings

app = typer.Typer(
    name="countersign",
    help="A Telegram-first trading platform: approve signals with one tap.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
hooks = typer.Typer(help="TradingView hooks.", no_args_is_help=True)
app.add_typer(hooks, name="hooks")
imports = typer.Typer(help="Bring in what you have from elsewhere.", no_args_is_help=True)
app.add_typer(imports, name="import")
users = typer.Typer(help="People and what they may do.", no_args_is_help=True)
app.add_typer(users, name="user")

settings = typer.Typer(help="Settings.", invoke_without_command=True)
app.add_typer(settings, name="settings")

EXIT_FAILED = 1
EXIT_SETTINGS = 2

_TELEGRAM_ID_MAX = 2**52 - 1  # Telegram promises at most 52 bits

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON, for scripts.")]


def main() -> None:
    """Entry point of the console script; errors of ours become one clear message."""
    try:
        app()
    except CountersignError as error:
        Console(stderr=True).print(f"[bold red]{error.code}[/]: {error.text}", highlight=False)
        raise SystemExit(EXIT_SETTINGS if error.code == "settings" else EXIT_FAILED) from None


def _settings() -> Settings:
    from foundation.settings import load_settings

    return load_settings()


def _run_async(work: Coroutine[Any, Any, Any]) -> Any:
    from foundation.collector import look_less_often

    look_less_often()
    try:
        import uvloop
    except ImportError:  # Windows has none
        return asyncio.run(work)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(work)


@app.command()
def run() -> None:
    """Start everything: database, server, engine, bot (or the sandbox without a bot token)."""
    from app.run import Part, serve

    _run_async(serve(_settings(), frozenset(Part)))


@app.command()
def server() -> None:
    """Start the HTTP server and the Mini App alone."""
    from app.run import Part, serve

    _run_async(serve(_settings(), frozenset({Part.SERVER})))


@app.command()
def bot() -> None:
    """Start the Telegram bot alone (by polling), and the sandbox without a bot token."""
    from app.run import Part, serve

    _run_async(serve(_settings(), frozenset({Part.BOT})))


@app.command()
def engine() -> None:
    """Start the trading engine alone."""
    from app.run import Part, serve

    _run_async(serve(_settings(), frozenset({Part.ENGINE})))


@app.command()
def migrate() -> None:
    """Bring the database to this version's tables."""
    from app.ground import with_database

    console = Console()
    with console.status("Migrating …"):
        revision = with_database(_settings())
    console.print(f"The database is at revision [bold]{revision}[/].")


@app.command()
def doctor(as_json: AsJson = False) -> None:
    """Check everything and say how to fix what is wrong."""
    from app.doctor import examine

    findings = _run_async(examine(_settings()))
    if as_json:
        typer.echo(json.dumps([finding.as_dict() for finding in findings]))
    else:
        console = Console()
        for finding in findings:
            mark = "[green]ok[/]  " if finding.ok else "[red]fix[/] "
            console.print(f"{mark} {finding.name}: {finding.text}", highlight=False)
    if not all(finding.ok for finding in findings):
        raise typer.Exit(EXIT_FAILED)


@app.command()
def demo(
    candles: Annotated[Path, typer.Option(help="Candle file, CSV or CSV.gz.")],
    alerts: Annotated[Path | None, typer.Option(help="Alerts as JSON lines.")] = None,
    as_json: AsJson = False,
) -> None:
    """Trade real candles in market time: alert, offer, ladder, targets, and a table of trades."""
    from app.demo import run_demo

    run_demo(candles, alerts, as_json=as_json)


@settings.callback()
def show_settings(context: typer.Context, as_json: AsJson = False) -> None:
    """Show every setting of the installation as it is in force, secrets masked.

    `export` and `import` are about the settings of one account.
    """
    if context.invoked_subcommand is not None:
        return
    from app.show import settings_rows

    rows = settings_rows(_settings())
    if as_json:
        typer.echo(json.dumps(dict(rows)))
        return
    console = Console()
    for name, value in rows:
        console.print(f"{name}={value}", highlight=False)


@settings.command("export")
def export_settings(
    account: Annotated[str, typer.Option(help="Account whose settings are written.")],
    file: Annotated[Path | None, typer.Option(help="Where to; default: standard output.")] = None,
) -> None:
    """Write the settings of an account as a file that `import` reads."""
    from app.settings_files import export

    text = _run_async(export(_settings(), account)).decode()
    if file is None:
        typer.echo(text)
    else:
        file.write_text(text + "\n", "utf-8")


@settings.command("import")
def import_settings(
    file: Annotated[Path, typer.Argument(help="A settings file, ours or another bot's.")],
    account: Annotated[str, typer.Option(help="Account the settings are for.")],
    save: Annotated[bool, typer.Option("--save", help="Save; without it nothing changes.")] = False,
    as_json: AsJson = False,
) -> None:
    """Show what a settings file would change for an account, and what is wrong with it."""
    from app.settings_files import as_json as encoded
    from app.settings_files import bring_in, told

    found = _run_async(bring_in(_settings(), file, account, save=save))
    if as_json:
        typer.echo(encoded(found).decode())
    else:
        for line in told(found):
            Console().print(line, highlight=False, markup=False, soft_wrap=True)
    if not found.check.valid:
        raise typer.Exit(EXIT_FAILED)


@app.command()
def version(as_json: AsJson = False) -> None:
    """Print the version."""
    from importlib.metadata import version as installed

    number = installed("countersign")
    typer.echo(json.dumps({"version": number}) if as_json else f"countersign {number}")


@app.command()
def replay(
    account: Annotated[str | None, typer.Option(help="Account id; default: all.")] = None,
    as_json: AsJson = False,
) -> None:
    """Rebuild accounts from their journals and compare them with what is stored."""
    from app.results import replay_accounts

    found = _run_async(replay_accounts(_settings(), account))
    if as_json:
        rows = [
            {
                "account": r.account_id,
                "since": r.since_seq,
                "events": r.events,
                "trouble": r.trouble,
            }
            for r in found
        ]
        typer.echo(json.dumps(rows))
    else:
        console = Console()
        for one in found:
            mark = "[red]differs[/]" if one.trouble else "[green]equal[/]  "
            told = one.trouble or f"{one.events} events since {one.since_seq}"
            console.print(f"{mark} {one.account_id}: {told}", highlight=False)
    if any(one.trouble for one in found):
        raise typer.Exit(EXIT_FAILED)


@imports.command("trades")
def import_trades(
    file: Annotated[Path, typer.Argument(help="CSV, or SQLite with a table named trades.")],
    account: Annotated[str, typer.Option(help="Account the trades belong to.")],
    source: Annotated[str, typer.Option(help="Where rows that do not say come from.")] = "import",
    as_json: AsJson = False,
) -> None:
    """Put closed trades of another program beside ours; the same file again changes nothing."""
    from app.results import bring_in

    done = _run_async(bring_in(_settings(), file, account, source))
    if as_json:
        typer.echo(json.dumps({"read": done.read, "written": done.written}))
        return
    Console().print(f"{done.read} trades read, {done.written} new.", highlight=False)


@app.command()
def trading(
    state: Annotated[
        str | None, typer.Argument(help="running, paused or halted; without it: show.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Show or set the trading state of all accounts together."""
    from app.admin import trading as set_trading

    found = _run_async(set_trading(_settings(), state))
    if as_json:
        typer.echo(json.dumps(found, default=str))
        return
    told = f"Trading is [bold]{found['state']}[/] for all {found['accounts']} accounts."
    if found["waiting"]:
        told += f" {found['waiting']} of them hear of it when the engine runs."
    Console().print(told, highlight=False)


@users.command("limits")
def limit_user(
    user: Annotated[int, typer.Argument(min=1, max=_TELEGRAM_ID_MAX, help="Telegram id.")],
    given: Annotated[
        list[str] | None,
        typer.Option(
            "--set",
            help="name=value, repeated: max_open_groups, max_pyramids, max_symbols, "
            "max_exposure_usd, venues (comma-separated), valid_until, grace_hours. What is not "
            "named is not limited.",
        ),
    ] = None,
    none: Annotated[bool, typer.Option("--none", help="Lift every limit.")] = False,
    as_json: AsJson = False,
) -> None:
    """Show or set what a person's plan allows their accounts."""
    from app.admin import user_limits

    if given and none:
        raise typer.BadParameter("give --set or --none, not both")
    found = _run_async(user_limits(_settings(), user, given, none=none))
    if as_json:
        typer.echo(json.dumps(found, default=str))
    else:
        Console().print(found["text"], highlight=False)


@hooks.command("create")
def create_hook(
    user: Annotated[
        int, typer.Option(min=1, max=_TELEGRAM_ID_MAX, help="Telegram id of the owner of the hook.")
    ],
    account: Annotated[str | None, typer.Option(help="Account id; default: paper.")] = None,
    label: Annotated[str, typer.Option(help="A name to tell hooks apart.")] = "TradingView",
    as_json: AsJson = False,
) -> None:
    """Make a hook; print its URL and the body to paste into the TradingView alert."""
    from app.hooks import create

    made = _run_async(create(_settings(), user, account, label))
    if as_json:
        typer.echo(json.dumps(made))
        return
    console = Console()
    console.print(f"URL for the alert: [bold]{made['url']}[/]", highlight=False, soft_wrap=True)
    console.print("Message to paste:")
    console.print(made["body"], highlight=False, markup=False, soft_wrap=True)


if __name__ == "__main__":
    main()
