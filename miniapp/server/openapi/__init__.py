"""Typed routes: pydantic in, frozen views out, problem details for errors, OpenAPI 3.1 beside."""
