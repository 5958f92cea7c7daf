"""Structured logs: JSON or console, a correlation id from webhook to message, secrets masked."""

from __future__ import annotations

import logging
import logging.handlers
import re
import sys
from collections.abc import Iterator, Mapping, MutableMapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final, cast

import structlog
from structlog.contextvars import bound_contextvars, merge_contextvars
from structlog.typing import FilteringBoundLogger, Processor

from foundation import limits

Logger = FilteringBoundLogger

MASK: Final = "•••"
_SECRET_NAME = re.compile(
    r"(?i)(pass(word|wd|phrase)?$|secret|token|api_?key|private_?key|encryption_?key|"
    r"authorization|cookie|init_?data$|dsn$|database_url$|smtp_url$)"
)
_SECRET_TEXT: Final = (
    # a bot token, also inside a Bot API address
    (re.compile(r"(?<![0-9])[0-9]{6,12}:[A-Za-z0-9_-]{30,}"), MASK),
    (
        re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----.*?-----END [A-Z ]*PRIVATE KEY-----", re.S),
        MASK,
    ),
    (re.compile(r"\b[sr]k_(live|test)_[A-Za-z0-9]{6,}|\bwhsec_[A-Za-z0-9+/=]{6,}"), MASK),
    (re.compile(r"\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}"), MASK),
    (re.compile(r"(?i)\b(bearer|basic|tma)\s+[A-Za-z0-9._~+/=%&-]{12,}"), rf"\1 {MASK}"),
    # user:password@ in any address
    (re.compile(r"(\b[a-z][a-z0-9+.-]*://[^\s/:@]*):[^\s/@]+@"), rf"\1:{MASK}@"),
    (re.compile(r"\bclaim_[A-Za-z0-9_-]{16,}"), f"claim_{MASK}"),
    # the last part of a hook's address is its token
    (re.compile(r"(/hooks/[a-z0-9_-]+/)[A-Za-z0-9_-]{16,}"), rf"\1{MASK}"),
    (
        re.compile(
            r"(?i)\b((?:\w*_)?(?:token|secret|password|passphrase|api_?key|signature|hash|"
            r"access_token|refresh_token|startapp|tgwebappdata))(=|%3D)[^\s&\"'#]{6,}"
        ),
        rf"\1\2{MASK}",
    ),
)
_DEPTH_MAX: Final = 6


def mask_text(text: str) -> str:
    """The text with everything that looks like a secret replaced by dots."""
    for pattern, mask in _SECRET_TEXT:
        text = pattern.sub(mask, text)
    return text


def mask_value(value: Any, depth: int = 0) -> Any:
    """The value with secrets masked, in nested mappings and sequences too."""
    if isinstance(value, str):
        return mask_text(value)
    if isinstance(value, bytes):
        return mask_text(value.decode("utf-8", "replace"))
    if value is None or isinstance(value, bool | int | float):
        return value
    if depth >= _DEPTH_MAX:
        return mask_text(str(value))
    if isinstance(value, Mapping):
        return {str(key): _mask_named(str(key), item, depth + 1) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [mask_value(item, depth + 1) for item in value]
    return mask_text(str(value))


def _mask_named(name: str, value: Any, depth: int) -> Any:
    if _SECRET_NAME.search(name) and value not in (None, "", True, False):
        return MASK
    return mask_value(value, depth)


def mask_secrets(
    _logger: Any, _method: str, event: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    """Last processor before rendering: no line leaves with a secret in it."""
    return {name: _mask_named(name, value, 0) for name, value in event.items()}


@contextmanager
def correlation(correlation_id: str) -> Iterator[None]:
    """Every line logged inside the block, also by tasks started in it, carries this id."""
    with bound_contextvars(correlation_id=correlation_id):
        yield


def get_logger(name: str) -> Logger:
    """A logger whose lines carry `logger=name`; usable before `setup`."""
    return cast(Logger, structlog.stdlib.get_logger(name))


_CHATTY: Final = ("alembic", "aiogram.event", "asyncio")
"""Libraries whose ordinary news nobody needs."""


def setup(level: str = "INFO", fmt: str = "console", file: Path | None = None) -> None:
    """Send all logs, ours and libraries', to stderr and (rotating, as JSON) to `file`.

    `fmt` is `json` or `console`. Calling it again replaces the former set-up.
    """
    shared = _shared_processors()
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *shared,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        wrapper_class=structlog.stdlib.BoundLogger,
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=False,
    )
    screen = logging.StreamHandler(sys.stderr)
    screen.setFormatter(_formatter(fmt, shared))
    handlers: list[logging.Handler] = [screen]
    if file is not None:
        file.parent.mkdir(parents=True, exist_ok=True)
        rotating = logging.handlers.RotatingFileHandler(
            file,
            maxBytes=limits.LOG_FILE_BYTES_MAX,
            backupCount=limits.LOG_FILES_KEPT,
            encoding="utf-8",
        )
        rotating.setFormatter(_formatter("json", shared))
        handlers.append(rotating)
    for name in _CHATTY:
        logging.getLogger(name).setLevel(logging.WARNING)
    root = logging.getLogger()
    for old in list(root.handlers):
        if getattr(old, "countersign", False):
            root.removeHandler(old)
            old.close()
    for handler in handlers:
        handler.countersign = True  # type: ignore[attr-defined]  # marks ours for the next setup
        root.addHandler(handler)
    root.setLevel(level.upper())


def _shared_processors() -> list[Processor]:
    return [
        merge_contextvars,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.stdlib.PositionalArgumentsFormatter(),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.StackInfoRenderer(),
    ]


def _formatter(fmt: str, shared: list[Processor]) -> logging.Formatter:
    renderer: Processor
    if fmt == "json":
        renderer = structlog.processors.JSONRenderer(ensure_ascii=False)
    else:
        renderer = structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=shared,
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            # a traceback is text, so that the mask reaches what it quotes
            structlog.processors.format_exc_info,
            mask_secrets,
            renderer,
        ],
    )
