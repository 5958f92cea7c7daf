"""The judgements, one idea per file, pure."""
