"""The full list of faults (spec performance): for each, where it is simulated or tested.

A fault of the simulation is named as in `CEILINGS`; a test by its module and its function.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.sim.faults import CEILINGS

ROOT = Path(__file__).parents[2]
HOOK, INTAKE = "tests/miniapp/test_hook.py", "tests/engine/signals/test_intake.py"
OUTBOX, HUB = "tests/bot/test_outbox.py", "tests/engine/market/test_hub.py"
SIM = "tests/sim"
REFUSALS = "tests/engine/decide/test_refusals.py"
FACTS = "tests/engine/decide/test_protection_facts.py"
FAULTS: dict[str, tuple[str, ...]] = {
    "kill -9 at any await": (
        "crash", f"{SIM}/test_enumerate.py::test_a_scenario_ends_the_same_wherever"),
    "crash between commit and send": ("crash",),
    "sent, accepted, reply lost": ("reply_lost",),
    "sent and delayed past the look-up": ("request_late",),
    "commit done, acknowledgement lost": (
        "commit_ack_lost",
        "tests/engine/store/test_postgres.py::test_an_unclear_commit_is_unavailable"),
    "duplicate alert 1 ms apart": ("alert_twice",),
    "duplicate alert 3 days apart": (
        f"{INTAKE}::test_a_repeat_three_days_later_is_told_the_first_receipt",),
    "duplicate alert to two processes": (
        f"{INTAKE}::test_copies_to_two_processes_are_one_receipt",
    ),
    "same id with other content": (
        f"{INTAKE}::test_an_id_used_for_something_else_is_refused_and_the_first_stands",
    ),
    "disk full": ("tests/engine/store/test_faults.py::test_a_full_disk_is_a_database",),
    "duplicate, missing, out-of-order fills": (
        "fills_again", "fills_lag", "fills_reordered", "fills_fail"),
    "partial fill then cancel, cancel racing a fill": (
        "cancel_fails", "venue_ends_order", "fill_crosses_cancel"),
    "target filled while a leg is filling": (
        f"{SIM}/test_targets.py::test_no_world_with_resting_targets_and_stops",),
    "database down or slow": (
        "database_away", "slow_database", f"{HOOK}::test_a_database_that_is_away",
        f"{INTAKE}::test_a_database_away_is_never_a_false_202"),
    "venue 5xx and 429": ("venue_error", "refused_for_now"),
    "venue ban": (
        "tests/engine/venues/binance/test_binance.py::test_banned_for_a_while_nothing_is_sent",
        "tests/engine/runtime/test_sender.py::test_the_last_tokens_of_a_venue_are_for_exits",
        "tests/engine/runtime/test_sender.py::test_one_slow_account_does_not_take_every_sender"),
    "filter and balance refusals": (
        "refused", f"{REFUSALS}::test_each_leg_that_a_filter_refuses_for_good_is_told_once",
        f"{REFUSALS}::test_legs_that_are_all_refused_for_want_of_funds_are_told_once"),
    "clock skew and steps": ("clock_steps",),
    "feed stall": ("stream_gap",),
    "feed gap over several thresholds": (
        "tests/engine/market/test_index.py::test_a_gap_over_several_levels_fires_all_once",),
    "feed replay": ("old_price",),
    "zero or crossed price": (f"{HUB}::test_nonsense_is_refused_and_counted",),
    "two engines alive": ("tests/sim/test_sim.py::test_faults_do_happen",),
    "pause between claim and send": ("pause_after_claim",),
    "chat down, 429, user blocked the bot": (
        f"{OUTBOX}::test_an_outage_of_a_day_gives_up",
        f"{OUTBOX}::test_retry_after_is_obeyed_and_the_order_kept",
        f"{OUTBOX}::test_a_blocked_bot_marks_the_person_unreachable"),
    "manual trade": ("cancelled_by_hand", "placed_by_hand"),
    "revoked key": (
        "tests/engine/runtime/test_credentials.py::test_a_refusal_of_the_keys_is_told_once",),
    "liquidation": (f"{FACTS}::test_what_is_wholly_gone_is_let_go_at_cost",),
    "delisted symbol, changed tick": ("rules_change",),
    "poison row": (
        "tests/engine/runtime/test_worker.py::test_what_breaks_the_core_is_set_aside",
        "tests/engine/runtime/test_worker.py::test_the_one_fact_whose_rows_are_refused"),
    "deploy with a migration under way": (
        "tests/foundation/test_migrations.py::test_several_processes_may_migrate_at_once",
        "tests/foundation/test_migrations.py::test_a_newer_schema_is_refused_with_a_way_out"),
}  # fmt: skip


@pytest.mark.parametrize("fault", FAULTS)
def test_every_fault_of_the_list_is_simulated_or_tested(fault: str) -> None:
    for where in FAULTS[fault]:
        path, _, name = where.partition("::")
        if not name:
            assert where in CEILINGS, f"no world has {where}"
            continue
        source = (ROOT / path).read_text()
        assert re.search(rf"^(async )?def {name}", source, re.MULTILINE), f"{where} is gone"
