"""The words of trading: frozen values, life cycles as tables, no input or output."""
