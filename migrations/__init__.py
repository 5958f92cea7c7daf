"""The database's history, one reversible revision per package; run by `foundation.db.migrate`."""
