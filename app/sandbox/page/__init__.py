"""The chat page's own HTTP interface: what a person does in the browser."""
