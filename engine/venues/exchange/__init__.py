"""What every exchange's adapter is built of: signing, errors, limits, clock, reports, streams."""
