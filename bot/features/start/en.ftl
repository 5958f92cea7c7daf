start-welcome = 👋 Hello, { $name }!
start-what = I show you trading signals as cards. You countersign with one tap, and I place a ladder of orders, follow it to its targets and tell you the result. We begin on paper, with play money.
start-choose-language = Choose your language · Выберите язык
start-risk-title = Before we start
start-risk =
    Trading can lose all of the money put into it. Signals and past results promise nothing. Orders may fill late, partly or at another price; software and venues can fail.
    You decide alone what is traded, and you carry the result. Nothing here is advice.
    Your first account is on paper: no real money moves.
start-risk-version = Notice of { $version } · /terms shows it again
start-accept = I understand
start-ready = ✅ Your account { $account } is ready, with { $capital } to trade.
start-next = Send yourself a test alert: a moment later an offer with a chart arrives, and one tap opens the position.
start-test-button = 🔔 Send me a test alert
start-test-sent = Sent. The offer is on its way.
start-test-refused = The alert was refused: { $reason }
start-menu-button = Dashboard
start-owner = 🔑 You own this installation now.
