"""The simulation: the real engine on a seeded clock, scheduler, venue and store, with faults."""
