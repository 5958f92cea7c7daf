"""Launch data for the Mini App, signed with the sandbox bot's token as Telegram signs it."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final
from urllib.parse import urlencode, urlsplit

from foundation.errors import InvalidInput
from foundation.ids import new_id

_KEY: Final = b"WebAppData"


def signed_init_data(token: str, fields: Mapping[str, str]) -> str:
    """The init data string: every field plus `hash`, an HMAC over all the others."""
    lines = "\n".join(f"{name}={fields[name]}" for name in sorted(fields))
    secret = hmac.new(_KEY, token.encode(), hashlib.sha256).digest()
    signature = hmac.new(secret, lines.encode(), hashlib.sha256).hexdigest()
    return urlencode({**fields, "hash": signature})


def init_data(token: str, user: Mapping[str, Any], now: datetime, start_param: str = "") -> str:
    """Init data for this `User`, as of `now`."""
    person = {
        **{name: value for name, value in user.items() if name != "is_bot"},
        "allows_write_to_pm": True,
    }
    fields = {
        "query_id": f"AA{new_id(now)}",
        "user": json.dumps(person, ensure_ascii=False, separators=(",", ":")),
        "auth_date": str(int(now.timestamp())),
    }
    if start_param:
        fields["start_param"] = start_param
    # third parties would check this one with Telegram's public key; it must be there, and it
    # is covered by the hash like every other field
    unsigned = "\n".join(f"{name}={fields[name]}" for name in sorted(fields))
    fields["signature"] = (
        base64.urlsafe_b64encode(hashlib.sha512(unsigned.encode()).digest()).decode().rstrip("=")
    )
    return signed_init_data(token, fields)


def app_address(asked: str | None, web_app_url: str) -> str:
    """The address to open: the button's own, which must be of the Mini App's origin.

    Raises InvalidInput for another origin: the page may only frame the Mini App.
    """
    if not asked:
        return web_app_url
    if origin(asked) != origin(web_app_url):
        raise InvalidInput(
            f"the sandbox opens only the Mini App at {origin(web_app_url)}", field="url"
        )
    return asked


def origin(url: str) -> str:
    """Scheme, host and port of an address."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"
