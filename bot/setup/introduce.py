"""Brings what Telegram shows of the bot up to date; asks first, changes only what differs."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from aiogram import Bot
from aiogram.exceptions import TelegramAPIError, TelegramRetryAfter
from aiogram.types import (
    BotCommand,
    BotCommandScopeAllGroupChats,
    BotCommandScopeAllPrivateChats,
    MenuButtonDefault,
    MenuButtonWebApp,
    WebAppInfo,
)

from bot.i18n import DEFAULT, LOCALES, Texts, texts_for
from bot.setup.commands import GROUP, PRIVATE, menu
from foundation import limits
from foundation.clock import Clock
from foundation.log import get_logger

_log = get_logger("bot.setup")
Scope = BotCommandScopeAllPrivateChats | BotCommandScopeAllGroupChats


async def persistently(clock: Clock, name: str, step: Callable[[], Awaitable[None]]) -> None:
    """Run the step until Telegram takes it; an outage at start stops nothing else."""
    pause = limits.BOT_SETUP_BACKOFF_FIRST_S
    while True:
        try:
            await step()
            return
        except TelegramRetryAfter as error:
            wait = float(error.retry_after)
            reason = error.message
        except TelegramAPIError as error:
            wait, reason = pause, error.message
            pause = min(pause * 2, limits.BOT_SETUP_BACKOFF_MAX_S)
        _log.warning("Telegram did not take a setting", step=name, reason=reason, again_in_s=wait)
        await clock.sleep(wait)


async def introduce(bot: Bot, app_url: str | None) -> None:
    """Commands, descriptions and the menu button, in every language."""
    for locale in LOCALES:
        texts = texts_for(locale)
        code = None if locale == DEFAULT else locale
        private, group = BotCommandScopeAllPrivateChats(), BotCommandScopeAllGroupChats()
        await _commands(bot, private, code, PRIVATE, texts)
        await _commands(bot, group, code, GROUP, texts)
        await _descriptions(bot, code, texts)
    await _menu_button(bot, app_url)


async def _commands(
    bot: Bot, scope: Scope, code: str | None, names: tuple[str, ...], texts: Texts
) -> None:
    wanted = menu(names, texts)
    known = await bot.get_my_commands(scope=scope, language_code=code)
    if [{"command": c.command, "description": c.description} for c in known] != wanted:
        commands = [BotCommand.model_validate(one) for one in wanted]
        await bot.set_my_commands(commands, scope=scope, language_code=code)


async def _descriptions(bot: Bot, code: str | None, texts: Texts) -> None:
    long, short = texts("setup-description"), texts("setup-short")
    if (await bot.get_my_description(language_code=code)).description != long:
        await bot.set_my_description(description=long, language_code=code)
    if (await bot.get_my_short_description(language_code=code)).short_description != short:
        await bot.set_my_short_description(short_description=short, language_code=code)


async def _menu_button(bot: Bot, app_url: str | None) -> None:
    if app_url is None:
        return
    wanted = MenuButtonWebApp(
        text=texts_for(DEFAULT)("setup-menu"), web_app=WebAppInfo(url=app_url)
    )
    known = await bot.get_chat_menu_button()
    if isinstance(known, MenuButtonWebApp | MenuButtonDefault) and known != wanted:
        await bot.set_chat_menu_button(menu_button=wanted)
