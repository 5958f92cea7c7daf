"""The windows and mailboxes of the engine."""
