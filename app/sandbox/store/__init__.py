"""The stand-in's rows: functions on an open connection, one module per word."""
