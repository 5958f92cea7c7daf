"""Words in every language: Fluent files beside the code that shows them, one bundle per locale."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final

from aiogram.utils.formatting import Text
from fluent.runtime import FluentBundle, FluentResource
from fluent.syntax import FluentParser, ast

from bot.numbers import Numbers
from foundation.errors import ContractBroken

DEFAULT: Final = "en"
LOCALES: Final = ("en", "ru")
LANGUAGE_NAMES: Final[Mapping[str, str]] = {"en": "English", "ru": "Русский"}

_ROOT: Final = Path(__file__).parent
# private-use characters stand for formatting nodes while Fluent builds the sentence
_NODE: Final = re.compile("\ue000(\\w+)\ue001")


class Texts:
    """The words and numbers of one locale."""

    def __init__(self, locale: str) -> None:
        self.locale = locale
        self.numbers = Numbers(locale)
        self._bundle = bundles()[locale]

    def __call__(self, key: str, **values: str | int) -> str:
        """The text of a message; raises ContractBroken for a key or value that is not there."""
        message = self._bundle.get_message(key) if self._bundle.has_message(key) else None
        if message is None or message.value is None:
            raise ContractBroken(f"the locale {self.locale} has no text {key!r}")
        text, errors = self._bundle.format_pattern(message.value, values)
        if errors:
            raise ContractBroken(f"the text {key!r} of {self.locale} cannot be built: {errors}")
        return str(text)

    def has(self, key: str) -> bool:
        """Whether there is such a text (for words that may come from elsewhere)."""
        return bool(self._bundle.has_message(key))

    def rich(self, key: str, **values: Any) -> Text:
        """The same with formatting nodes (bold, times …) among the values."""
        nodes = {name: value for name, value in values.items() if isinstance(value, Text)}
        plain = {
            name: f"\ue000{name}\ue001" if name in nodes else value
            for name, value in values.items()
        }
        parts = _NODE.split(self(key, **plain))
        return Text(*(nodes[str(p)] if n % 2 else p for n, p in enumerate(parts) if p))


@cache
def texts_for(locale: str | None) -> Texts:
    """The words for a language tag such as ``ru``, ``pt-br`` or None; English when unknown."""
    language = (locale or DEFAULT).split("-")[0].lower()
    return Texts(language if language in LOCALES else DEFAULT)


@cache
def bundles() -> Mapping[str, FluentBundle]:
    """Every locale's bundle, built from all Fluent files of the bot."""
    made = {}
    for locale in LOCALES:
        bundle = FluentBundle([locale], use_isolating=False)
        for source in sources(locale):
            bundle.add_resource(FluentResource(source.read_text(encoding="utf-8")))
        made[locale] = bundle
    return made


def sources(locale: str) -> tuple[Path, ...]:
    """The Fluent files of a locale, sorted."""
    return tuple(sorted(_ROOT.rglob(f"{locale}.ftl")))


def keys(locale: str) -> Mapping[str, frozenset[str]]:
    """Every text of a locale with the names of the values it uses.

    Raises ContractBroken for a file with a syntax error or a key that stands twice.
    """
    found: dict[str, frozenset[str]] = {}
    for source in sources(locale):
        for entry in FluentParser().parse(source.read_text(encoding="utf-8")).body:
            if isinstance(entry, ast.Junk):
                raise ContractBroken(f"{source}: {str(entry.content)[:60]!r} is no Fluent")
            if not isinstance(entry, ast.Message):
                continue
            if entry.id.name in found:
                raise ContractBroken(f"{source}: {entry.id.name!r} stands twice")
            found[entry.id.name] = _variables(entry)
    return found


def _variables(entry: ast.Message) -> frozenset[str]:
    names: set[str] = set()
    waiting: list[Any] = [entry.value]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.VariableReference):
            names.add(node.id.name)
        if isinstance(node, ast.BaseNode):
            waiting.extend(vars(node).values())
        elif isinstance(node, list):
            waiting.extend(node)
    return frozenset(names)
