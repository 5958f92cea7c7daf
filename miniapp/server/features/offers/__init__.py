"""Routes of offers."""
