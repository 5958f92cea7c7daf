"""One folder per feature; each declares its routes."""
