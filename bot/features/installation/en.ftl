halt-running = { $count ->
    [one] ▶️ Trading runs: { $count } account
   *[other] ▶️ Trading runs: { $count } accounts
}
halt-paused = { $count ->
    [one] ⏸ Trading is paused: { $count } account
   *[other] ⏸ Trading is paused: { $count } accounts
}
halt-halted = { $count ->
    [one] 🛑 Trading is halted: { $count } account
   *[other] 🛑 Trading is halted: { $count } accounts
}
halt-running-means = Accounts that were paused or halted by themselves stay so.
halt-paused-means = No account takes new entries. Targets and exits go on. /unhalt ends it.
halt-halted-means = Nothing new is sent except what people order; closings already ordered go on. /unhalt ends it.
halt-waiting = { $count ->
    [one] { $count } account has not heard of it yet.
   *[other] { $count } accounts have not heard of it yet.
}
halt-unknown = Use /halt to halt all trading, /halt pause to take no new entries, /unhalt to end either.
