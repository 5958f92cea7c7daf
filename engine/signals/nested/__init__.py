"""The native format: what a hook's body to paste contains."""
