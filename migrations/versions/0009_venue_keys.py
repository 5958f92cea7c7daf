"""Venues: keys of accounts at exchanges, what they trade there, rules; stops on paper."""

from __future__ import annotations

from alembic import op

revision = "0009_venue_keys"
down_revision = "0008_engine_state"
branch_labels = None
depends_on = None

_UP = """
create table venue_keys (
    account_id text not null, user_id text not null, venue text not null, market text not null,
    test_net boolean not null, revision bigint default '0' not null, sealed bytea, key_hash text,
    masked text, permissions jsonb default '[]' not null, position_mode text,
    checked_at timestamptz, revoked_at timestamptz,
    constraint pk_venue_keys primary key (account_id),
    constraint fk_venue_keys_account_id_accounts foreign key (account_id) references accounts (id),
    constraint fk_venue_keys_user_id_users foreign key (user_id) references users (id),
    constraint ck_venue_keys_known_market check (market in ('spot', 'linear')),
    constraint ck_venue_keys_known_position_mode check (position_mode in ('one_way', 'hedge')),
    constraint ck_venue_keys_keys_whole check (
        (sealed is null) = (masked is null) and (sealed is null) = (key_hash is null)
        and (sealed is null or (position_mode is not null and checked_at is not null)))
);
create index ix_venue_keys_user_id on venue_keys (user_id);
create unique index uq_venue_keys_key on venue_keys (venue, market, key_hash);
create table venue_symbols (
    account_id text not null, symbol text not null, mark text not null, leverage integer,
    since timestamptz not null,
    constraint pk_venue_symbols primary key (account_id, symbol),
    constraint fk_venue_symbols_account_id_accounts
        foreign key (account_id) references accounts (id)
);
create table venue_rules (
    venue text not null, market text not null, test_net boolean not null, rules jsonb not null,
    read_at timestamptz not null,
    constraint pk_venue_rules primary key (venue, market, test_net)
);
alter table paper_orders add column trigger_price numeric,
    add column time_in_force text default 'gtc' not null,
    drop constraint ck_paper_orders_order_type_known,
    drop constraint ck_paper_orders_limit_has_price,
    add constraint ck_paper_orders_order_type_known
        check (order_type in ('limit', 'market', 'stop')),
    add constraint ck_paper_orders_limit_has_price check (order_type <> 'limit' or price > 0),
    add constraint ck_paper_orders_stop_has_trigger
        check (order_type <> 'stop' or trigger_price > 0),
    add constraint ck_paper_orders_time_in_force_known check (time_in_force in ('gtc', 'ioc'));
alter table paper_fills add column ended boolean default false not null,
    drop constraint ck_paper_fills_amounts,
    add constraint ck_paper_fills_amounts
        check ((quantity > 0 or ended) and price > 0 and fee_usd >= 0)
"""
_DOWN = """
delete from paper_fills where ended;
alter table paper_fills drop constraint ck_paper_fills_amounts, drop column ended,
    add constraint ck_paper_fills_amounts
        check (quantity > 0 and price > 0 and fee_usd >= 0);
update paper_orders set order_type = 'market' where order_type = 'stop';
alter table paper_orders drop constraint ck_paper_orders_time_in_force_known,
    drop constraint ck_paper_orders_stop_has_trigger,
    drop constraint ck_paper_orders_limit_has_price,
    drop constraint ck_paper_orders_order_type_known,
    add constraint ck_paper_orders_order_type_known check (order_type in ('limit', 'market')),
    add constraint ck_paper_orders_limit_has_price check (order_type = 'market' or price > 0),
    drop column time_in_force, drop column trigger_price;
drop table venue_rules;
drop table venue_symbols;
drop table venue_keys
"""


def upgrade() -> None:
    for statement in _UP.split(";\n"):
        op.execute(statement)


def downgrade() -> None:
    for statement in _DOWN.split(";\n"):
        op.execute(statement)
