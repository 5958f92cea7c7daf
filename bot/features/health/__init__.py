"""State of the installation, for owner and admins."""
