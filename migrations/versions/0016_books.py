"""Engine: results by day, kept in step by the database; states the books can never be in."""

from __future__ import annotations

from alembic import op

revision = "0016_books"
down_revision = "0015_snapshots"
branch_labels = None
depends_on = None

_DAY = "date_bin('1 day', closed_at, '2000-01-01T00:00:00Z')"
_SUMS = f"""
insert into trade_days as d
select account_id, {_DAY}, timeframe, side, source, coalesce(exit_reason, ''),
    sign(realized_pnl_usd), count(*), sum(realized_pnl_usd), sum(fees_usd), sum(cost_usd),
    max(realized_pnl_usd), min(realized_pnl_usd)
"""
_TABLE = """
create table trade_days (
    account_id text not null, day timestamptz not null, timeframe integer not null,
    side text not null, source text not null, exit_reason text not null, sign integer not null,
    trades bigint not null, realized_pnl_usd numeric not null, fees_usd numeric not null,
    cost_usd numeric not null, best_pnl_usd numeric not null, worst_pnl_usd numeric not null,
    constraint pk_trade_days primary key
        (account_id, day, timeframe, side, source, exit_reason, sign),
    constraint fk_trade_days_account_id_accounts foreign key (account_id) references accounts (id),
    constraint ck_trade_days_something_closed check (trades > 0),
    constraint ck_trade_days_known_sign check (sign in (-1, 0, 1))
)
"""
# What is added is added; a day in which a trade was corrected is summed anew. Both are right
# whoever writes: the engine, an import, or a person with SQL.
_FUNCTIONS = (
    f"""
create function trade_days_add() returns trigger language plpgsql as $$
begin
    {_SUMS} from added group by 1, 2, 3, 4, 5, 6, 7 order by 1, 2, 3, 4, 5, 6, 7
    on conflict on constraint pk_trade_days do update set
        trades = d.trades + excluded.trades,
        realized_pnl_usd = d.realized_pnl_usd + excluded.realized_pnl_usd,
        fees_usd = d.fees_usd + excluded.fees_usd, cost_usd = d.cost_usd + excluded.cost_usd,
        best_pnl_usd = greatest(d.best_pnl_usd, excluded.best_pnl_usd),
        worst_pnl_usd = least(d.worst_pnl_usd, excluded.worst_pnl_usd);
    return null;
end
$$
""",
    f"""
create function trade_days_anew(whose text, began timestamptz) returns void language plpgsql as $$
begin
    delete from trade_days where account_id = whose and day = began;
    {_SUMS} from trades
    where account_id = whose and closed_at >= began and closed_at < began + interval '1 day'
    group by 1, 2, 3, 4, 5, 6, 7;
end
$$
""",
    f"""
create function trade_days_change() returns trigger language plpgsql as $$
begin
    perform trade_days_anew(account_id, day) from (
        with changed as (
            select b.account_id, b.closed_at as closed_at, a.closed_at as later, a.id
            from before b left join added a using (id)
            where a.id is null or
                (a.closed_at, a.timeframe, a.side, a.source, a.exit_reason, a.realized_pnl_usd,
                 a.fees_usd, a.cost_usd) is distinct from
                (b.closed_at, b.timeframe, b.side, b.source, b.exit_reason, b.realized_pnl_usd,
                 b.fees_usd, b.cost_usd)
        )
        select account_id, {_DAY} as day from changed
        union
        select account_id, {_DAY.replace("closed_at", "later")} from changed where id is not null
        order by 1, 2
    ) days;
    return null;
end
$$
""",
    f"""
create function trade_days_remove() returns trigger language plpgsql as $$
begin
    perform trade_days_anew(account_id, day)
    from (select distinct account_id, {_DAY} as day from before order by 1, 2) days;
    return null;
end
$$
""",
)
_TRIGGERS = (
    "create trigger trade_days_added after insert on trades "
    "referencing new table as added for each statement execute function trade_days_add()",
    "create trigger trade_days_changed after update on trades "
    "referencing old table as before new table as added "
    "for each statement execute function trade_days_change()",
    "create trigger trade_days_removed after delete on trades "
    "referencing old table as before for each statement execute function trade_days_remove()",
)
_FILL = f"{_SUMS} from trades group by 1, 2, 3, 4, 5, 6, 7"
_TOLD = (
    "create index ix_risk_actions_told on risk_actions (account_id, id) "
    "where not (figures ? 'again')"
)
#: An old row that breaks a check stays as it is: an upgrade never fails by it.
_VALID = """
do $$ begin
    alter table {table} validate constraint {name};
exception when check_violation then null;
end $$
"""
#: (table, name, what holds)
_CHECKS = (
    ("position_groups", "waits_without_orders",
     "status <> 'waiting' or (legs_total = 0 and filled_quantity = 0)"),
    ("position_groups", "nothing_filled_while_live", "status <> 'live' or filled_quantity = 0"),
    ("position_groups", "filled_while_open",
     "status not in ('partially_filled', 'active') or filled_quantity > 0"),
    ("position_groups", "ends_with_a_reason",
     "status not in ('closing', 'closed') or exit_reason is not null"),
    ("position_groups", "open_has_not_closed", "status = 'closed' or closed_at is null"),
    ("orders", "filled_whole", "status <> 'filled' or filled_quantity = quantity"),
    ("orders", "filled_in_part",
     "status <> 'partially_filled' or (filled_quantity > 0 and filled_quantity < quantity)"),
    ("orders", "not_filled", "status not in ('pending', 'open', 'failed') or filled_quantity = 0"),
    ("dca_orders", "filled_whole", "status <> 'filled' or filled_quantity = quantity"),
)  # fmt: skip


def upgrade() -> None:
    for statement in (_TABLE, *_FUNCTIONS, *_TRIGGERS, _FILL, _TOLD):
        op.execute(statement)
    for table, name, holds in _CHECKS:
        named = f"ck_{table}_{name}"
        op.execute(f"alter table {table} add constraint {named} check ({holds}) not valid")
        op.execute(_VALID.format(table=table, name=named))


def downgrade() -> None:
    for table, name, _ in _CHECKS:
        op.execute(f"alter table {table} drop constraint ck_{table}_{name}")
    op.execute("drop index ix_risk_actions_told")
    for trigger in ("added", "changed", "removed"):
        op.execute(f"drop trigger trade_days_{trigger} on trades")
    for function in ("add()", "change()", "remove()", "anew(text, timestamptz)"):
        op.execute(f"drop function trade_days_{function}")
    op.execute("drop table trade_days")
