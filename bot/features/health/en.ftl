health-title = Health
health-engine-up = ✅ Engine is running
health-engine-down = ⛔ Engine is not running
health-trading-running = ✅ Trading runs
health-trading-paused = ⏸ Trading is paused on all accounts
health-trading-halted = 🛑 Trading is halted on all accounts
health-feed-live = { $count ->
    [one] ✅ Prices: { $feed }, { $count } symbol
   *[other] ✅ Prices: { $feed }, { $count } symbols
}
health-feed-stale = { $count ->
    [one] ⚠️ Prices are stale: { $feed }, { $count } symbol
   *[other] ⚠️ Prices are stale: { $feed }, { $count } symbols
}
health-inbox = { $count ->
    [one] { $count } event waits for a decision
   *[other] { $count } events wait for a decision
}
health-unknown = { $count ->
    [one] { $count } order of unknown outcome
   *[other] { $count } orders of unknown outcome
}
