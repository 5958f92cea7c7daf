"""JSON of events and commands: no loss, and the same bytes for the same value."""

from __future__ import annotations

import json
from dataclasses import replace
from decimal import Decimal
from typing import get_args

import pytest
from hypothesis import HealthCheck, given, settings

from engine.domain.account import Account
from engine.domain.commands import CancelOrder, PlaceOrder
from engine.domain.events import Due, Event, Fact, OrderLost
from engine.store import codec
from foundation.errors import ContractBroken
from tests.engine.store import worlds
from tests.engine.store.kit import PRICES, START, market


@given(worlds.events())
def test_an_event_comes_back_as_it_was(event: Event) -> None:
    data = codec.encode_event(event)
    assert codec.decode_event(data) == event
    assert codec.encode_event(codec.decode_event(data)) == data


@given(worlds.accounts("acc"))
@settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
def test_groups_that_an_event_brings_come_back_whole_with_their_orders_in_order(
    account: Account,
) -> None:
    groups = tuple(account.groups.values())
    event = Event("k", START, market(PRICES, START), Due(), groups)
    again = codec.decode_event(codec.encode_event(event))
    assert again == event
    for group, read in zip(groups, again.recalled, strict=True):
        assert list(read.orders) == list(group.orders)
    assert b"recalled" not in codec.encode_event(replace(event, recalled=()))


@given(worlds.commands())
def test_a_command_comes_back_as_it_was(command: PlaceOrder | CancelOrder) -> None:
    data = codec.encode_command(command)
    assert codec.decode_command(data) == command
    assert codec.encode_command(codec.decode_command(data)) == data


def test_the_order_of_a_mapping_does_not_show() -> None:
    here = Event("k", START, market(PRICES, START), Due())
    backwards = {symbol: PRICES[symbol] for symbol in reversed(list(PRICES))}
    turned = market(backwards, START)
    assert list(turned.quotes) != list(here.market.quotes)
    assert codec.encode_event(here) == codec.encode_event(replace(here, market=turned))


def test_digits_are_kept_as_they_were_written() -> None:
    event = Event("k", START, market({"BTC/USDT": Decimal("1.500")}, START), Due())
    assert b'"price":"1.500"' in codec.encode_event(event)
    assert str(codec.decode_event(codec.encode_event(event)).market.price("BTC/USDT")) == "1.500"


def test_every_fact_has_a_kind_of_its_own() -> None:
    kinds = [kind.__dataclass_fields__["kind"].default for kind in get_args(Fact)]
    assert len(set(kinds)) == len(kinds)


def test_what_is_no_fact_is_our_own_bug() -> None:
    for data in (b"", b"{}", b'{"kind":"nothing"}', b'{"kind":"order_lost"}', b'["due"]'):
        with pytest.raises(ContractBroken):
            codec.decode_fact(data)
    assert codec.decode_fact(b'{"kind":"order_lost","order_id":"o"}') == OrderLost("o")


def test_plain_strings_and_ids() -> None:
    assert codec.decode_strings(codec.encode_strings({"b": "2", "a": "é"})) == {"a": "é", "b": "2"}
    assert codec.decode_strings(None) == {}
    assert codec.decode_ids(codec.encode_ids(["b", "a"])) == ("b", "a")


@given(worlds.events())
def test_the_bytes_are_plain_compact_json_with_sorted_keys(event: Event) -> None:
    data = codec.encode_event(event)
    again = json.dumps(json.loads(data), sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    assert again.encode() == data
