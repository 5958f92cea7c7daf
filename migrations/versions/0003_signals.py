"""Signals: hooks, receipts, signals, offers."""

from __future__ import annotations

from alembic import op

revision = "0003_signals"
down_revision = "0002_engine"
branch_labels = None
depends_on = None

_TABLES = (
    "hooks",
    "hook_counters",
    "receipts",
    "signals",
    "offers",
    "offer_decisions",
    "offer_events",
)

_DDL = """
create table hooks (
    id text not null, user_id text not null, account_id text not null, venue text not null,
    label text not null, token_hash text not null, token_sealed bytea not null, secret_sealed
    bytea, max_lag_seconds integer not null, created_at timestamptz not null, revoked_at
    timestamptz,
    constraint pk_hooks primary key (id),
    constraint uq_hooks_token_hash unique (token_hash),
    constraint ck_hooks_has_a_label check (label <> ''),
    constraint ck_hooks_lag_positive check (max_lag_seconds > 0),
    constraint fk_hooks_user_id_users foreign key(user_id) references users (id),
    constraint fk_hooks_account_id_accounts foreign key(account_id) references accounts (id)
);

create index ix_hooks_user_id_id on hooks (user_id, id);

create unique index uq_hooks_account_id_label on hooks (account_id, label) where revoked_at is
    null;

create table hook_counters (
    hook_id text not null, kind text not null, total bigint not null, last_at timestamptz not
    null,
    constraint pk_hook_counters primary key (hook_id, kind),
    constraint ck_hook_counters_counts_up check (total > 0)
);

create table receipts (
    id text not null, hook_id text not null, user_id text not null, account_id text not null,
    dedupe_key text not null, content text not null, body bytea not null, content_type text
    not null, status text not null, code text not null, message text not null, field text,
    signal_id text, signal jsonb, received_at timestamptz not null, fanned_out_at timestamptz,
    inbox_key text, settled_at timestamptz,
    constraint pk_receipts primary key (id),
    constraint uq_receipts_hook_id_dedupe_key unique (hook_id, dedupe_key),
    constraint ck_receipts_known_status check (status in ('accepted', 'stale', 'refused')),
    constraint ck_receipts_signal_named_whole check ((signal is null) = (signal_id is null)),
    constraint ck_receipts_accepted_has_a_signal check (status <> 'accepted' or signal_id is
        not null),
    constraint ck_receipts_only_signals_go_on check (fanned_out_at is null or signal_id is not
        null),
    constraint fk_receipts_hook_id_hooks foreign key(hook_id) references hooks (id),
    constraint fk_receipts_user_id_users foreign key(user_id) references users (id),
    constraint fk_receipts_account_id_accounts foreign key(account_id) references accounts
        (id)
);

create index ix_receipts_account_id_id on receipts (account_id, id);

create index ix_receipts_hook_id_received_at on receipts (hook_id, received_at);

create index ix_receipts_unsettled on receipts (received_at) where inbox_key is not null and
    settled_at is null;

create index ix_receipts_user_id_id on receipts (user_id, id);

create index ix_receipts_waiting on receipts (received_at, id) where status = 'accepted' and
    fanned_out_at is null;

create table signals (
    id text not null, receipt_id text not null, source text not null, producer text not null,
    symbol text not null, timeframe integer not null, side text not null, intent text not
    null, signal jsonb not null, signal_time timestamptz not null, received_at timestamptz not
    null,
    constraint pk_signals primary key (id),
    constraint uq_signals_receipt_id unique (receipt_id),
    constraint ck_signals_known_side check (side in ('long', 'short')),
    constraint ck_signals_known_intent check (intent in ('enter', 'exit', 'reduce',
        'reverse')),
    constraint ck_signals_timeframe_positive check (timeframe > 0),
    constraint fk_signals_receipt_id_receipts foreign key(receipt_id) references receipts (id)
);

create table offers (
    id text not null, signal_id text not null, receipt_id text not null, account_id text not
    null, user_id text not null, version integer not null, status text not null, symbol text
    not null, timeframe integer not null, side text not null, entry_price numeric, size_factor
    numeric not null, quote jsonb not null, max_drift_percent numeric not null, undo_seconds
    integer not null, source text not null, strategy text not null, reason text not null,
    created_at timestamptz not null, quoted_at timestamptz not null, expires_at timestamptz
    not null, decided_by text, decided_channel text, decided_at timestamptz, consent_version
    text, effective_at timestamptz, taken_at timestamptz, group_id text, outcome_code text,
    outcome_text text,
    constraint pk_offers primary key (id),
    constraint ck_offers_known_side check (side in ('long', 'short')),
    constraint uq_offers_signal_id_account_id unique (signal_id, account_id),
    constraint ck_offers_known_status check (status in ('pending', 'approved', 'rejected',
        'expired', 'withdrawn')),
    constraint ck_offers_known_channel check (decided_channel in ('chat', 'app', 'policy')),
    constraint ck_offers_counts_from_one check (version >= 1),
    constraint ck_offers_size_of_the_whole check (size_factor > 0 and size_factor <= 1),
    constraint ck_offers_expires_later check (expires_at > created_at),
    constraint ck_offers_decided_whole check ((decided_by is null) = (decided_at is null) and
        (decided_by is null) = (decided_channel is null)),
    constraint ck_offers_decided_by_one check (status not in ('approved', 'rejected') or
        decided_at is not null),
    constraint ck_offers_approved_takes_effect check (status <> 'approved' or effective_at is
        not null),
    constraint ck_offers_only_approved_are_taken check (taken_at is null or status =
        'approved'),
    constraint fk_offers_signal_id_signals foreign key(signal_id) references signals (id),
    constraint fk_offers_receipt_id_receipts foreign key(receipt_id) references receipts (id),
    constraint fk_offers_account_id_accounts foreign key(account_id) references accounts (id),
    constraint fk_offers_user_id_users foreign key(user_id) references users (id)
);

create index ix_offers_effective on offers (effective_at) where status = 'approved' and taken_at
    is null;

create index ix_offers_identity on offers (account_id, symbol, timeframe, side) where status =
    'pending' or (status = 'approved' and taken_at is null);

create index ix_offers_pending on offers (expires_at) where status = 'pending';

create index ix_offers_user_id_created_at_id on offers (user_id, created_at, id);

create table offer_decisions (
    id bigint generated always as identity, offer_id text not null, version integer not null,
    decision text not null, decided_by text not null, channel text not null, consent_version
    text, at timestamptz not null,
    constraint pk_offer_decisions primary key (id),
    constraint uq_offer_decisions_offer_id_version_decision unique (offer_id, version,
        decision),
    constraint ck_offer_decisions_known_decision check (decision in ('approve', 'reject',
        'undo')),
    constraint ck_offer_decisions_known_channel check (channel in ('chat', 'app', 'policy')),
    constraint fk_offer_decisions_offer_id_offers foreign key(offer_id) references offers (id)
);

create unique index uq_offer_decisions_first on offer_decisions (offer_id, version) where
    decision in ('approve', 'reject');

create table offer_events (
    id bigint generated always as identity, xid8 xid8 default pg_current_xact_id() not null,
    offer_id text not null, user_id text not null, version integer not null, kind text not
    null, at timestamptz not null,
    constraint pk_offer_events primary key (id),
    constraint fk_offer_events_offer_id_offers foreign key(offer_id) references offers (id)
);

create index ix_offer_events_xid8_id on offer_events (xid8, id);
"""


def upgrade() -> None:
    for statement in _DDL.split(";\n"):
        if statement.strip():
            op.execute(statement)


def downgrade() -> None:
    for table in reversed(_TABLES):
        op.execute(f"drop table {table}")
