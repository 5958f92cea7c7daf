"""The engine's front door: one module per word, a mailbox and a window each."""
