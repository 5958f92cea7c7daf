"""Actors with a turn each: they carry facts in and commands out."""
