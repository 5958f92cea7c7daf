"""Addresses people give us lead to the public internet, or nowhere."""

from __future__ import annotations

import pytest

from foundation.errors import InvalidInput
from foundation.outgoing import GuardedResolver, NotPublic, check_target, is_public


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "10.1.2.3",
        "172.16.0.1",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "0.0.0.0",
        "224.0.0.1",
        "255.255.255.255",
        "::1",
        "fe80::1%eth0",
        "fd00::1",
        "::ffff:10.0.0.1",
        "64:ff9b::a00:1",
        "2002:a00:1::",
        "2001::1",
    ],
)
def test_a_private_address_is_not_public(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", ["1.1.1.1", "93.184.216.34", "2606:4700::1111"])
def test_a_public_address_is(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "example.com/hook",
        "ftp://example.com/hook",
        "http://example.com/hook",
        "https://user:pass@example.com/",
        "https://example.com/#part",
        "https://example.com:99999/",
        "https://localhost/hook",
        "https://db.internal/",
        "https://127.0.0.1/",
        "https://[::1]/",
        "https://[::ffff:169.254.169.254]/",
    ],
)
def test_what_nothing_may_be_posted_to(url: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        check_target(url, allow_private=False)
    assert refused.value.field == "url"


def test_a_setting_opens_private_networks_and_plain_http() -> None:
    check_target("http://127.0.0.1:8080/hook", allow_private=True)
    with pytest.raises(InvalidInput):
        check_target("ftp://127.0.0.1/hook", allow_private=True)


async def test_a_name_that_leads_inside_does_not_resolve() -> None:
    guarded, open_ = GuardedResolver(allow_private=False), GuardedResolver(allow_private=True)
    with pytest.raises(NotPublic):
        await guarded.resolve("localhost", 80)
    assert await open_.resolve("localhost", 80)
    await guarded.close()
    await open_.close()
