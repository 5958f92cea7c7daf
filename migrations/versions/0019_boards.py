"""Market: prices, bars and feeds of several boards side by side; accounts say which is theirs."""

from __future__ import annotations

from alembic import op

revision = "0019_boards"
down_revision = "0018_plan_limits"
branch_labels = None
depends_on = None

_UP = """
alter table accounts add column test_net boolean default false not null;
update accounts a set test_net = true
    from venue_keys k where k.account_id = a.id and k.test_net;
alter table accounts add column board text not null
    generated always as (venue || case when test_net then '-test' else '' end) stored;
alter table quotes add column board text default 'paper' not null;
alter table quotes alter column board drop default;
alter table quotes drop constraint pk_quotes;
alter table quotes add constraint pk_quotes primary key (board, symbol);
alter table candles add column board text default 'paper' not null;
alter table candles alter column board drop default;
alter table candles drop constraint pk_candles;
alter table candles add constraint pk_candles primary key (board, symbol, minutes, at);
drop table feed_state;
create table feed_state (
    board text not null, line text not null, feed text not null, live boolean not null,
    symbols text[] not null, heartbeat_at timestamptz, ticks_refused bigint not null,
    constraint pk_feed_state primary key (board, line)
)
"""
_DOWN = """
drop table feed_state;
create table feed_state (
    id smallint not null, feed text not null, live boolean not null,
    symbols text[] not null, heartbeat_at timestamptz, ticks_refused bigint not null,
    constraint pk_feed_state primary key (id),
    constraint ck_feed_state_one_row check (id = 1)
);
delete from candles where board <> 'paper';
alter table candles drop constraint pk_candles;
alter table candles drop column board;
alter table candles add constraint pk_candles primary key (symbol, minutes, at);
delete from quotes where board <> 'paper';
alter table quotes drop constraint pk_quotes;
alter table quotes drop column board;
alter table quotes add constraint pk_quotes primary key (symbol);
alter table accounts drop column board;
alter table accounts drop column test_net
"""


def upgrade() -> None:
    for statement in _UP.split(";"):
        op.execute(statement)


def downgrade() -> None:
    for statement in _DOWN.split(";"):
        op.execute(statement)
