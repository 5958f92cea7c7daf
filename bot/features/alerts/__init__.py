"""The last alerts and what became of them."""
