status-title = { $account } · { $equity }
status-today = Today { $usd } ({ $percent })
status-total = Total { $usd } ({ $percent })
status-pool = Positions { $open } of { $most } · queue { $queued } · free { $free }
status-state-paused = ⏸ Paused: no new entries
status-state-halted = 🛑 Halted: nothing new is sent
status-engine-stopped = ⚠️ The engine is not running. Positions are kept, nothing new is decided.
status-prices-live = 🟢 Prices are live.
status-prices-stale = ⚠️ Prices are not live right now.
status-empty = No open positions. An approved offer opens one.
status-more = More positions are in the app.
status-line = { $icon } { $symbol } · { $timeframe } · { $result } · legs { $filled }/{ $total }
status-no-result = waiting for the first fill
status-offers-button = { $count ->
    [one] 📝 { $count } offer waits
   *[other] 📝 { $count } offers wait
}
status-column-symbol = Symbol
status-column-legs = Legs
status-column-pnl = P&L
status-column-percent = %
status-public-running = ✅ Countersign is running.
status-public-stopped = ⚠️ The engine is not running.
status-public-hint = Your own positions are in our private chat.
status-installation-paused = ⏸ Trading is paused on all accounts: no new entries
status-installation-halted = 🛑 Trading is halted on all accounts: nothing new is sent
