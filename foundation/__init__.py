"""The ground every other package stands on; nothing here knows trading, chat or plans."""
