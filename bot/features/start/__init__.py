"""The first minutes: language, risk notice, paper account, a test alert; and deep links."""
