"""Stateful fake exchanges on loopback that enforce the real rules."""
