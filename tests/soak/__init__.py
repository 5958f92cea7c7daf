"""The soak: a real engine process killed hundreds of times over real Postgres and a real wire."""
