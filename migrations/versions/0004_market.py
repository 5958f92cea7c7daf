"""Market: quotes, candles, the feed's state and the paper venue's books."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004_market"
down_revision = "0003_signals"
branch_labels = None
depends_on = None

_TIME = sa.DateTime(timezone=True)
_TABLES = (
    "paper_balances",
    "paper_fills",
    "paper_orders",
    "feed_choice",
    "feed_state",
    "candles",
    "quotes",
)


def upgrade() -> None:
    _prices()
    _feeds()
    _paper_orders()
    _paper_books()


def downgrade() -> None:
    for table in _TABLES:
        op.drop_table(table)


def _prices() -> None:
    op.create_table(
        "quotes",
        sa.Column("symbol", sa.Text(), nullable=False),
        sa.Column("price", sa.Numeric(), nullable=False),
        sa.Column("price_at", _TIME, nullable=False),
        sa.Column("seen_at", _TIME, nullable=False),
        sa.PrimaryKeyConstraint("symbol", name=op.f("pk_quotes")),
        sa.CheckConstraint("price > 0", name=op.f("ck_quotes_price_above_zero")),
        prefixes=["UNLOGGED"],
    )
    op.create_table(
        "candles",
        sa.Column("symbol", sa.Text(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("at", _TIME, nullable=False),
        sa.Column("open", sa.Numeric(), nullable=False),
        sa.Column("high", sa.Numeric(), nullable=False),
        sa.Column("low", sa.Numeric(), nullable=False),
        sa.Column("close", sa.Numeric(), nullable=False),
        sa.Column("volume", sa.Numeric(), nullable=False),
        sa.PrimaryKeyConstraint("symbol", "minutes", "at", name=op.f("pk_candles")),
        sa.CheckConstraint("minutes in (1, 60)", name=op.f("ck_candles_minutes_known")),
        sa.CheckConstraint(
            "low > 0 and low <= least(open, close) and high >= greatest(open, close)",
            name=op.f("ck_candles_shape"),
        ),
    )


def _feeds() -> None:
    op.create_table(
        "feed_state",
        sa.Column("id", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("feed", sa.Text(), nullable=False),
        sa.Column("live", sa.Boolean(), nullable=False),
        sa.Column("symbols", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("heartbeat_at", _TIME),
        sa.Column("ticks_refused", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_feed_state")),
        sa.CheckConstraint("id = 1", name=op.f("ck_feed_state_one_row")),
    )
    op.create_table(
        "feed_choice",
        sa.Column("id", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("feed", sa.Text(), nullable=False),
        sa.Column("chosen_at", _TIME, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_feed_choice")),
        sa.CheckConstraint("id = 1", name=op.f("ck_feed_choice_one_row")),
        sa.CheckConstraint("feed in ('live', 'simulated')", name=op.f("ck_feed_choice_feed_known")),
    )


def _paper_orders() -> None:
    op.create_table(
        "paper_orders",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("account_id", sa.Text(), nullable=False),
        sa.Column("client_id", sa.Text(), nullable=False),
        sa.Column("symbol", sa.Text(), nullable=False),
        sa.Column("side", sa.Text(), nullable=False),
        sa.Column("order_type", sa.Text(), nullable=False),
        sa.Column("quantity", sa.Numeric(), nullable=False),
        sa.Column("price", sa.Numeric()),
        sa.Column("reduce_only", sa.Boolean(), nullable=False),
        sa.Column("filled", sa.Numeric(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("placed_at", _TIME, nullable=False),
        sa.Column("updated_at", _TIME, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_paper_orders")),
        sa.UniqueConstraint(
            "account_id", "client_id", name=op.f("uq_paper_orders_account_id_client_id")
        ),
        sa.CheckConstraint("side in ('buy', 'sell')", name=op.f("ck_paper_orders_side_known")),
        sa.CheckConstraint(
            "order_type in ('limit', 'market')", name=op.f("ck_paper_orders_order_type_known")
        ),
        sa.CheckConstraint(
            "status in ('open', 'filled', 'cancelled')", name=op.f("ck_paper_orders_status_known")
        ),
        sa.CheckConstraint(
            "quantity > 0 and filled between 0 and quantity",
            name=op.f("ck_paper_orders_filled_within"),
        ),
        sa.CheckConstraint(
            "status <> 'filled' or filled = quantity", name=op.f("ck_paper_orders_filled_whole")
        ),
        sa.CheckConstraint(
            "order_type = 'market' or price > 0", name=op.f("ck_paper_orders_limit_has_price")
        ),
    )
    op.create_index(
        "ix_paper_orders_open",
        "paper_orders",
        ["symbol"],
        postgresql_where=sa.text("status = 'open'"),
    )


def _paper_books() -> None:
    op.create_table(
        "paper_fills",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("account_id", sa.Text(), nullable=False),
        sa.Column("order_id", sa.BigInteger(), nullable=False),
        sa.Column("quantity", sa.Numeric(), nullable=False),
        sa.Column("price", sa.Numeric(), nullable=False),
        sa.Column("fee_usd", sa.Numeric(), nullable=False),
        sa.Column("at", _TIME, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_paper_fills")),
        sa.ForeignKeyConstraint(
            ["order_id"], ["paper_orders.id"], name=op.f("fk_paper_fills_order_id_paper_orders")
        ),
        sa.CheckConstraint(
            "quantity > 0 and price > 0 and fee_usd >= 0", name=op.f("ck_paper_fills_amounts")
        ),
    )
    op.create_index("ix_paper_fills_account_id_id", "paper_fills", ["account_id", "id"])
    op.create_table(
        "paper_balances",
        sa.Column("account_id", sa.Text(), nullable=False),
        sa.Column("asset", sa.Text(), nullable=False),
        sa.Column("amount", sa.Numeric(), nullable=False),
        sa.PrimaryKeyConstraint("account_id", "asset", name=op.f("pk_paper_balances")),
    )
