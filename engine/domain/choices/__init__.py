"""What an account's owner may decide in advance, one section of the settings per file."""
