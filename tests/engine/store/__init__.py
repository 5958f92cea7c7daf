"""The store, in Postgres and in memory."""
