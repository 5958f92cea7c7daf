"""From what the engine tells to cards: offers, live positions, and notices that need a look."""
