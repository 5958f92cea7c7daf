"""The installation as owner and admins run it: trading state, and what people's plans allow."""
