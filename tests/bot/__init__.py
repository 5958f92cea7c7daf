"""Tests of the chat bot."""
