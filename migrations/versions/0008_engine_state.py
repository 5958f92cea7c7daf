"""Engine: stops, risk marks and protection of accounts, more ways to take profit and to close."""

from __future__ import annotations

from alembic import op

revision = "0008_engine_state"
down_revision = "0007_sandbox"
branch_labels = None
depends_on = None

_UP = """
alter table accounts add column market text default 'spot' not null,
    add column kept jsonb default '{}' not null,
    add constraint ck_accounts_known_market check (market in ('spot', 'linear'));
alter table position_groups add column rules jsonb default '{}' not null,
    add column stop jsonb default '{}' not null, add column risk jsonb default '{}' not null;
alter table pyramids add column tp_price numeric,
    add column tp_hit boolean default false not null,
    add column armed_seq bigint default 0 not null;
alter table orders add column trigger_price numeric,
    add column time_in_force text default 'gtc' not null,
    add constraint ck_orders_known_time_in_force check (time_in_force in ('gtc', 'ioc')),
    add constraint ck_orders_stop_has_a_trigger check (
        order_type <> 'stop' or trigger_price is not null);
alter table queued_signals add column loss_percent numeric, add column rank integer
"""
_DOWN = """
alter table queued_signals drop column rank, drop column loss_percent;
alter table orders drop constraint ck_orders_stop_has_a_trigger,
    drop column time_in_force, drop column trigger_price;
alter table pyramids drop column armed_seq, drop column tp_hit, drop column tp_price;
alter table position_groups drop column risk, drop column stop, drop column rules;
alter table accounts drop column kept, drop column market
"""
_REASONS = ("target", "exit_signal", "manual", "emergency", "external")
_MODES = ("per_leg", "aggregate")
_TYPES = ("limit", "market")
_PURPOSES = ("entry", "take_profit", "exit", "reduce")
#: (table, column, words before, words since)
_WORDS = (
    ("position_groups", "tp_mode", _MODES, (*_MODES, "hybrid", "pyramid_aggregate")),
    (
        "position_groups",
        "exit_reason",
        _REASONS,
        (
            "target",
            "exit_signal",
            "manual",
            "risk_offset",
            "stop",
            "time",
            "guard",
            "emergency",
            "external",
        ),
    ),
    (
        "position_groups",
        "reduce_reason",
        _REASONS,
        (
            "target",
            "exit_signal",
            "manual",
            "risk_offset",
            "stop",
            "time",
            "guard",
            "emergency",
            "external",
        ),
    ),
    ("dca_orders", "order_type", _TYPES, (*_TYPES, "stop")),
    ("orders", "order_type", _TYPES, (*_TYPES, "stop")),
    ("orders", "purpose", _PURPOSES, (*_PURPOSES, "stop")),
)


def _statements(sql: str) -> None:
    for statement in sql.split(";"):
        op.execute(statement)


def _words(table: str, column: str, words: tuple[str, ...]) -> None:
    name = f"ck_{table}_known_{column}"
    listed = ", ".join(f"'{word}'" for word in words)
    op.execute(f"alter table {table} drop constraint {name}")
    op.execute(f"alter table {table} add constraint {name} check ({column} in ({listed}))")


def upgrade() -> None:
    _statements(_UP)
    for table, column, _, words in _WORDS:
        _words(table, column, words)


def downgrade() -> None:
    """Raises when rows use a word that the older version does not know."""
    for table, column, words, _ in _WORDS:
        _words(table, column, words)
    _statements(_DOWN)
