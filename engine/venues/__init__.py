"""Where orders go: one port, one folder per venue."""
