"""What every venue promises, as numbered cases, run against each of them."""
