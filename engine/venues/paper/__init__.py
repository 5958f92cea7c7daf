"""The paper venue: a pure matcher over its own tables."""
