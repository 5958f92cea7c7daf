"""Engine: trades and their executions, equity over time."""

from __future__ import annotations

from alembic import op

revision = "0012_trades"
down_revision = "0011_webhooks"
branch_labels = None
depends_on = None

_UP = """
create table trades (
    id text not null, account_id text not null, symbol text not null, timeframe integer not null,
    side text not null, opened_at timestamptz not null, closed_at timestamptz not null,
    pyramid_count integer not null, quantity numeric not null, entry_price numeric not null,
    exit_price numeric, cost_usd numeric not null, proceeds_usd numeric not null,
    fees_usd numeric not null, realized_pnl_usd numeric not null, exit_reason text,
    source text not null, strategy text not null, strategy_version text not null,
    entries jsonb not null, exits jsonb not null, imported boolean default false not null,
    mae_percent numeric, mfe_percent numeric, measured_at timestamptz,
    constraint pk_trades primary key (id),
    constraint fk_trades_account_id_accounts foreign key (account_id) references accounts (id),
    constraint ck_trades_known_side check (side in ('long', 'short')),
    constraint ck_trades_known_exit_reason check (exit_reason in (
        'target', 'exit_signal', 'manual', 'risk_offset', 'stop', 'time', 'guard', 'emergency',
        'external')),
    constraint ck_trades_something_was_held check (quantity > 0 and entry_price > 0),
    constraint ck_trades_closed_after_opened check (closed_at >= opened_at),
    constraint ck_trades_timeframe_positive check (timeframe > 0),
    constraint ck_trades_excursions_not_negative check (mae_percent >= 0 and mfe_percent >= 0)
);
create index ix_trades_account_id_closed_at_id on trades (account_id, closed_at, id);
create index ix_trades_account_id_symbol_closed_at on trades (account_id, symbol, closed_at);
create index ix_trades_unmeasured on trades (closed_at) where measured_at is null;
create table fills (
    order_id text not null, trade_id text not null, account_id text not null,
    quantity numeric not null, price numeric not null, at timestamptz not null,
    constraint pk_fills primary key (order_id, trade_id),
    constraint fk_fills_account_id_accounts foreign key (account_id) references accounts (id)
);
create table equity_points (
    account_id text not null, at timestamptz not null, equity_usd numeric not null,
    realized_usd numeric not null, unrealized_usd numeric not null, open_groups integer not null,
    constraint pk_equity_points primary key (account_id, at),
    constraint fk_equity_points_account_id_accounts foreign key (account_id)
        references accounts (id),
    constraint ck_equity_points_counts_up check (open_groups >= 0)
);
insert into trades
select g.id, g.account_id, g.symbol, g.timeframe, g.side, g.created_at, g.closed_at,
    g.pyramid_count, l.received, l.cost / l.received,
    case when l.closed > 0 then l.proceeds / l.closed end, l.cost, l.proceeds, g.fees_usd,
    g.realized_pnl_usd, g.exit_reason, g.source, g.strategy, g.strategy_version,
    '[]', '[]', false, null, null, null
from position_groups g
join lateral (
    select sum(received) as received, sum(cost_usd) as cost, sum(closed) as closed,
        sum(proceeds_usd) as proceeds
    from dca_orders where group_id = g.id
) l on l.received > 0 and l.cost > 0
where g.status = 'closed'
"""
_DOWN = """
drop table equity_points;
drop table fills;
drop table trades
"""


def _statements(sql: str) -> None:
    for statement in sql.split(";"):
        op.execute(statement)


def upgrade() -> None:
    """What closed before is a trade too; its orders are told by its group."""
    _statements(_UP)


def downgrade() -> None:
    _statements(_DOWN)
