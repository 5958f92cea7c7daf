"""A container's gateway may be trusted as this machine; nobody else gets in by that."""

from __future__ import annotations

import ipaddress

import pytest
from aiohttp import web
from aiohttp.test_utils import make_mocked_request

from app.sandbox.guard import TRUSTED, refuse_strangers
from foundation.errors import Forbidden


def request_from(peer: str, host: str = "127.0.0.1:8081", **headers: str) -> web.Request:
    """A request as it arrives from ``peer``, at an app that trusts one gateway."""
    app = web.Application()
    app[TRUSTED] = (ipaddress.ip_network("172.31.250.1"),)
    made = make_mocked_request("GET", "/sandbox", headers={"Host": host, **headers}, app=app)
    return made.clone(remote=peer)


@pytest.mark.parametrize("peer", ["127.0.0.1", "::1", "172.31.250.1"])
def test_this_machine_and_its_gateway_are_answered(peer: str) -> None:
    refuse_strangers(request_from(peer))
    assert request_from(peer).remote == peer


@pytest.mark.parametrize(
    ("peer", "host"),
    [
        ("172.31.250.7", "127.0.0.1:8081"),
        ("10.0.0.9", "127.0.0.1:8081"),
        ("172.31.250.1", "countersign.example.org"),
    ],
)
def test_neighbours_and_other_names_are_refused(peer: str, host: str) -> None:
    with pytest.raises(Forbidden):
        refuse_strangers(request_from(peer, host))


def test_a_trusted_gateway_may_not_forward_for_others() -> None:
    with pytest.raises(Forbidden):
        refuse_strangers(request_from("172.31.250.1", **{"X-Forwarded-For": "8.8.8.8"}))
