"""Tables of the market: last prices, bars, and what feeds them.

A board is whose prices these are: ``paper``, or an exchange's (``binance``, ``binance-test``).
"""

from __future__ import annotations

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    DateTime,
    Integer,
    Numeric,
    SmallInteger,
    Table,
    Text,
)

from foundation.db import metadata

#: Unlogged: a price lost in a crash of the database is told again within a second. ``price_at``
#: is the moment the price held last, though it may not have moved then.
quotes = Table(
    "quotes",
    metadata,
    Column("board", Text, primary_key=True),
    Column("symbol", Text, primary_key=True),
    Column("price", Numeric, CheckConstraint("price > 0", name="price_above_zero"), nullable=False),
    Column("price_at", DateTime(timezone=True), nullable=False),
    Column("seen_at", DateTime(timezone=True), nullable=False),
    prefixes=["UNLOGGED"],
)

#: ``minutes`` is 1 or, for what is older, 60; the two never cover the same time of a symbol.
candles = Table(
    "candles",
    metadata,
    Column("board", Text, primary_key=True),
    Column("symbol", Text, primary_key=True),
    Column("minutes", Integer, primary_key=True),
    Column("at", DateTime(timezone=True), primary_key=True),
    Column("open", Numeric, nullable=False),
    Column("high", Numeric, nullable=False),
    Column("low", Numeric, nullable=False),
    Column("close", Numeric, nullable=False),
    Column("volume", Numeric, nullable=False),
    CheckConstraint("minutes in (1, 60)", name="minutes_known"),
    CheckConstraint(
        "low > 0 and low <= least(open, close) and high >= greatest(open, close)",
        name="shape",
    ),
)

#: A row for each line of a board: the feed that runs now, or ran last.
feed_state = Table(
    "feed_state",
    metadata,
    Column("board", Text, primary_key=True),
    Column("line", Text, primary_key=True),
    Column("feed", Text, nullable=False),
    Column("live", Boolean, nullable=False),
    Column("symbols", ARRAY(Text), nullable=False),
    Column("heartbeat_at", DateTime(timezone=True)),
    Column("ticks_refused", BigInteger, nullable=False),
)

#: One row: what ``MARKET_FEED=auto`` decided at the first start, for ever.
feed_choice = Table(
    "feed_choice",
    metadata,
    Column("id", SmallInteger, CheckConstraint("id = 1", name="one_row"), primary_key=True),
    Column(
        "feed",
        Text,
        CheckConstraint("feed in ('live', 'simulated')", name="feed_known"),
        nullable=False,
    ),
    Column("chosen_at", DateTime(timezone=True), nullable=False),
)
