"""Engine: accounts, groups, the inbox, the journal and the outbox."""

from __future__ import annotations

from alembic import op

revision = "0002_engine"
down_revision = "0001_people"
branch_labels = None
depends_on = None

_TABLES = (
    "accounts",
    "account_settings_versions",
    "position_groups",
    "pyramids",
    "dca_orders",
    "orders",
    "queued_signals",
    "inbox",
    "journal",
    "outbox",
    "events",
    "daily_results",
    "heartbeats",
)
_DDL = """
create table accounts (
    id text not null, user_id text not null, venue text not null, label text not null,
    quote_currency text not null, state text not null, halt_reason text,
    seq bigint default 0 not null, digest bytea not null, last_at timestamptz, next_due timestamptz,
    settings jsonb not null, settings_version integer not null,
    queue_order jsonb default '[]' not null, report_cursor text default '' not null, owner text,
    created_at timestamptz not null,
    constraint pk_accounts primary key (id),
    constraint ck_accounts_known_state check (state in ('running', 'paused', 'halted')),
    constraint uq_accounts_user_id_label unique (user_id, label),
    constraint ck_accounts_counts_up check (seq >= 0),
    constraint ck_accounts_settings_counted check (settings_version >= 1),
    constraint ck_accounts_digest_length check (octet_length(digest) = 16),
    constraint ck_accounts_has_a_label check (label <> ''),
    constraint ck_accounts_dollars check (quote_currency in ('USD', 'USDT', 'USDC')),
    constraint ck_accounts_queue_order_is_a_list check (jsonb_typeof(queue_order) = 'array'),
    constraint fk_accounts_user_id_users foreign key(user_id) references users (id)
);

create index ix_accounts_next_due on accounts (next_due) where next_due is not null;

create table account_settings_versions (
    account_id text not null, version integer not null, settings jsonb not null,
    author text not null, created_at timestamptz not null,
    constraint pk_account_settings_versions primary key (account_id, version),
    constraint ck_account_settings_versions_counts_from_one check (version >= 1),
    constraint fk_account_settings_versions_account_id_accounts foreign key(account_id) references
        accounts (id)
);

create table position_groups (
    id text not null, account_id text not null, ordinal bigint generated always as identity,
    live boolean not null, symbol text not null, timeframe integer not null, side text not null,
    status text not null, tp_mode text not null, tp_aggregate_percent numeric not null,
    max_pyramids integer not null, settings_version integer not null, source text not null,
    created_at timestamptz not null, updated_at timestamptz not null, strategy text not null,
    strategy_version text not null, reduce_quantity numeric not null, reduce_reason text,
    tp_price numeric, replacement_count integer not null, tp_hit boolean not null,
    armed_seq bigint not null, exit_reason text, exit_retry_at timestamptz,
    exit_attempts integer not null, no_more_entries boolean not null, closed_at timestamptz,
    pyramid_count integer not null, legs_filled integer not null, legs_total integer not null,
    base_entry_price numeric, weighted_avg_price numeric, invested_usd numeric not null,
    open_quantity numeric not null, filled_quantity numeric not null,
    closed_quantity numeric not null, realized_pnl_usd numeric not null, fees_usd numeric not null,
    next_tp_price numeric, next_entry_price numeric,
    constraint pk_position_groups primary key (id),
    constraint ck_position_groups_known_side check (side in ('long', 'short')),
    constraint ck_position_groups_known_status check (status in ('waiting', 'live',
        'partially_filled', 'active', 'closing', 'closed', 'failed')),
    constraint ck_position_groups_known_tp_mode check (tp_mode in ('per_leg', 'aggregate')),
    constraint ck_position_groups_known_reduce_reason check (reduce_reason in ('target',
        'exit_signal', 'manual', 'emergency', 'external')),
    constraint ck_position_groups_known_exit_reason check (exit_reason in ('target',
        'exit_signal', 'manual', 'emergency', 'external')),
    constraint ck_position_groups_timeframe_positive check (timeframe > 0),
    constraint ck_position_groups_pyramids_bounded check (max_pyramids between 1 and 5),
    constraint ck_position_groups_no_pyramid_too_many check (pyramid_count <= max_pyramids),
    constraint ck_position_groups_reduce_not_negative check (reduce_quantity >= 0),
    constraint ck_position_groups_open_not_negative check (open_quantity >= 0),
    constraint ck_position_groups_closed_not_negative check (closed_quantity >= 0),
    constraint ck_position_groups_closed_of_filled check (closed_quantity + open_quantity <=
        filled_quantity),
    constraint ck_position_groups_legs_counted check (legs_filled between 0 and legs_total),
    constraint ck_position_groups_counts_up check (replacement_count >= 0 and exit_attempts >= 0),
    constraint ck_position_groups_closed_has_a_time check (status <> 'closed' or closed_at is not
        null),
    constraint ck_position_groups_only_closed_forgotten check (live or status = 'closed'),
    constraint fk_position_groups_account_id_accounts foreign key(account_id) references accounts
        (id)
);

create index ix_position_groups_account_id_closed_at on position_groups (account_id, closed_at)
    where closed_at is not null;

create index ix_position_groups_account_id_status_created_at on position_groups (account_id,
    status, created_at);

create index ix_position_groups_live on position_groups (account_id, ordinal) where live;

create unique index uq_position_groups_slot on position_groups (account_id, symbol, timeframe,
    side) where status in ('waiting', 'live', 'partially_filled', 'active', 'closing');

create table pyramids (
    group_id text not null, index smallint not null, entry_price numeric not null,
    entry_at timestamptz not null, signal_id text not null, status text not null,
    size_factor numeric not null,
    constraint pk_pyramids primary key (group_id, index),
    constraint ck_pyramids_known_status check (status in ('pending', 'submitted', 'filled',
        'cancelled')),
    constraint ck_pyramids_counts_from_zero check ("index" >= 0),
    constraint ck_pyramids_price_positive check (entry_price > 0),
    constraint ck_pyramids_size_positive check (size_factor > 0),
    constraint fk_pyramids_group_id_position_groups foreign key(group_id) references
        position_groups (id)
);

create table dca_orders (
    group_id text not null, pyramid smallint not null, index smallint not null,
    order_type text not null, price numeric not null, quantity numeric not null,
    gap_percent numeric not null, weight_percent numeric not null, tp_percent numeric not null,
    capital_usd numeric not null, status text not null, order_id text, retry_at timestamptz,
    filled_quantity numeric not null, received numeric not null, cost_usd numeric not null,
    fee_usd numeric not null, closed numeric not null, closed_cost_usd numeric not null,
    proceeds_usd numeric not null, realized_pnl_usd numeric not null, tp_price numeric,
    tp_hit boolean not null, tp_order_id text, tp_executed_at timestamptz,
    armed_seq bigint not null, submitted_at timestamptz, filled_at timestamptz,
    cancelled_at timestamptz,
    constraint pk_dca_orders primary key (group_id, pyramid, index),
    constraint ck_dca_orders_known_order_type check (order_type in ('limit', 'market')),
    constraint ck_dca_orders_known_status check (status in ('pending', 'open', 'partially_filled',
        'filled', 'cancelled', 'failed')),
    constraint fk_dca_orders_group_id_pyramid_pyramids foreign key(group_id, pyramid) references
        pyramids (group_id, index),
    constraint ck_dca_orders_price_and_quantity_positive check (price > 0 and quantity > 0),
    constraint ck_dca_orders_filled_of_quantity check (filled_quantity between 0 and quantity),
    constraint ck_dca_orders_received_of_filled check (received between 0 and filled_quantity),
    constraint ck_dca_orders_closed_of_received check (closed between 0 and received),
    constraint ck_dca_orders_closed_cost_of_cost check (closed_cost_usd between 0 and cost_usd),
    constraint ck_dca_orders_target_positive check (tp_price is null or tp_price > 0)
);

create table orders (
    id text not null, group_id text not null, ordinal bigint generated always as identity,
    purpose text not null, side text not null, order_type text not null, quantity numeric not null,
    price numeric, created_at timestamptz not null, pyramid smallint, leg smallint,
    allocations jsonb not null, status text not null, filled_quantity numeric not null,
    cost_usd numeric not null, fee_usd numeric not null, expected_filled numeric,
    cancel_requested boolean not null, venue_order_id text, refusal text, closed_at timestamptz,
    constraint pk_orders primary key (id),
    constraint ck_orders_known_purpose check (purpose in ('entry', 'take_profit', 'exit',
        'reduce')),
    constraint ck_orders_known_side check (side in ('buy', 'sell')),
    constraint ck_orders_known_order_type check (order_type in ('limit', 'market')),
    constraint ck_orders_known_status check (status in ('pending', 'open', 'partially_filled',
        'filled', 'cancelled', 'failed')),
    constraint ck_orders_quantity_positive check (quantity > 0),
    constraint ck_orders_price_positive check (price is null or price > 0),
    constraint ck_orders_limit_has_a_price check (order_type <> 'limit' or price is not null),
    constraint ck_orders_filled_of_quantity check (filled_quantity between 0 and quantity),
    constraint ck_orders_leg_named_whole check ((pyramid is null) = (leg is null)),
    constraint ck_orders_entry_names_its_leg check (purpose <> 'entry' or leg is not null),
    constraint ck_orders_allocations_are_a_list check (jsonb_typeof(allocations) = 'array'),
    constraint fk_orders_group_id_position_groups foreign key(group_id) references position_groups
        (id)
);

create index ix_orders_group_id_ordinal on orders (group_id, ordinal);

create table queued_signals (
    account_id text not null, id text not null, source text not null, producer text not null,
    received_at timestamptz not null, signal_time timestamptz not null, symbol text not null,
    raw_symbol text not null, timeframe integer not null, side text not null, intent text not null,
    venue_hint text, reduce_fraction numeric, entry_price numeric, stop_loss numeric,
    take_profit numeric, size_hint numeric, max_slippage_percent numeric, strategy text not null,
    strategy_version text not null, reason text not null, queued_at timestamptz not null,
    expires_at timestamptz not null, replacement_count integer not null,
    size_factor numeric not null, status text not null, left_at timestamptz,
    constraint pk_queued_signals primary key (account_id, id),
    constraint ck_queued_signals_known_side check (side in ('long', 'short')),
    constraint ck_queued_signals_known_intent check (intent in ('enter', 'exit', 'reduce',
        'reverse')),
    constraint ck_queued_signals_known_status check (status in ('queued', 'promoted', 'replaced',
        'cancelled', 'expired')),
    constraint ck_queued_signals_timeframe_positive check (timeframe > 0),
    constraint ck_queued_signals_counts_up check (replacement_count >= 0),
    constraint ck_queued_signals_size_positive check (size_factor > 0),
    constraint ck_queued_signals_left_has_a_time check ((status = 'queued') = (left_at is null)),
    constraint fk_queued_signals_account_id_accounts foreign key(account_id) references accounts
        (id)
);

create unique index uq_queued_signals_waiting on queued_signals (account_id, symbol, timeframe,
    side) where status = 'queued';

create table inbox (
    id bigint generated always as identity, account_id text not null, key text not null,
    kind text not null, fact jsonb not null, correlation_id text, received_at timestamptz not null,
    handled_at timestamptz, seq bigint, outcome_status text, outcome_code text, outcome_text text,
    object_id text, outcome_data jsonb,
    constraint pk_inbox primary key (id),
    constraint uq_inbox_account_id_key unique (account_id, key),
    constraint ck_inbox_known_outcome_status check (outcome_status in ('done', 'refused')),
    constraint ck_inbox_handled_has_an_outcome check ((handled_at is null) = (outcome_status is
        null)),
    constraint ck_inbox_decided_has_a_seq check (outcome_code = 'set_aside' or (seq is null) =
        (handled_at is null)),
    constraint fk_inbox_account_id_accounts foreign key(account_id) references accounts (id)
);

create index ix_inbox_waiting on inbox (account_id, id) where handled_at is null;

create table journal (
    account_id text not null, seq bigint not null, key text not null, at timestamptz not null,
    event bytea not null, core_version text not null, digest bytea not null, correlation_id text,
    written_at timestamptz not null,
    constraint pk_journal primary key (account_id, seq),
    constraint ck_journal_counts_from_one check (seq >= 1),
    constraint ck_journal_digest_length check (octet_length(digest) = 16),
    constraint fk_journal_account_id_accounts foreign key(account_id) references accounts (id)
);

create table outbox (
    id text not null, account_id text not null, ordinal bigint generated always as identity,
    venue text not null, kind text not null, order_id text not null, priority smallint not null,
    command jsonb not null, status text not null, created_at timestamptz not null,
    valid_until timestamptz, claimed_at timestamptz, ended_at timestamptz, outcome text,
    correlation_id text,
    constraint pk_outbox primary key (id),
    constraint ck_outbox_known_status check (status in ('new', 'claimed', 'sent', 'done',
        'withdrawn')),
    constraint ck_outbox_known_kind check (kind in ('place_order', 'cancel_order')),
    constraint ck_outbox_known_priority check (priority in (0, 1)),
    constraint ck_outbox_sent_was_claimed check (status in ('new', 'withdrawn') or claimed_at is
        not null),
    constraint ck_outbox_ended_has_a_time check ((status in ('done', 'withdrawn')) = (ended_at is
        not null)),
    constraint fk_outbox_account_id_accounts foreign key(account_id) references accounts (id)
);

create index ix_outbox_new on outbox (account_id, priority, ordinal) where status = 'new';

create index ix_outbox_unresolved on outbox (claimed_at) where status in ('claimed', 'sent');

create table events (
    id bigint generated always as identity, account_id text not null, seq bigint not null,
    xid8 xid8 default pg_current_xact_id() not null, at timestamptz not null, kind text not null,
    reason text not null, group_id text, symbol text, severity text not null, data jsonb not null,
    correlation_id text,
    constraint pk_events primary key (id),
    constraint ck_events_known_severity check (severity in ('info', 'notice', 'critical')),
    constraint fk_events_account_id_accounts foreign key(account_id) references accounts (id)
);

create index ix_events_account_id_seq on events (account_id, seq, id);

create index ix_events_group_id_id on events (group_id, id) where group_id is not null;

create index ix_events_xid8_id on events (xid8, id);

create table daily_results (
    account_id text not null, day date not null, realized_pnl_usd numeric not null,
    fees_usd numeric not null,
    constraint pk_daily_results primary key (account_id, day),
    constraint fk_daily_results_account_id_accounts foreign key(account_id) references accounts
        (id)
);

create table heartbeats (
    name text not null, at timestamptz not null, data jsonb not null,
    constraint pk_heartbeats primary key (name)
);
"""


def upgrade() -> None:
    for statement in _DDL.split(";\n"):
        if statement.strip():
            op.execute(statement)


def downgrade() -> None:
    for table in reversed(_TABLES):
        op.execute(f"drop table {table}")
