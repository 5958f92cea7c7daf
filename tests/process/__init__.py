"""Tests that start the product as people do: real processes, real signals, real sockets."""
