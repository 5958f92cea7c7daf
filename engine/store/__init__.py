"""Tables of the engine and the only code that touches them."""
