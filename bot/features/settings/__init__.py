"""Language and chart colours."""
