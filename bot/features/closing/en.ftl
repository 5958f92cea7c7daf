closing-choose = { $account }: which position shall I close?
closing-nothing = { $account }: there is no open position.
closing-unknown = I know no open position called “{ $wanted }”.
closing-all-button = Close all…
closing-sure = Close { $symbol } at the market price?
closing-means = Invested { $invested }, result now { $pnl }. Resting orders of this position are cancelled first.
closing-yes = Yes, close it
closing-no = Keep
closing-kept = Nothing was changed.
closing-ordered = { $symbol } is closing. Its card will show the result.
closing-retried = { $symbol } is ordered again. Its card will show it.
closing-done = { $symbol } is closed.
closing-close-sure = Close everything on { $account }?
closing-stop-sure = 🛑 Emergency stop of { $account }?
closing-close-yes = Yes, close all
closing-stop-yes = 🛑 Stop now
closing-will-pause = • New entries are paused until you resume.
closing-will-cancel = { $count ->
    [0] • No entry orders are resting.
    [one] • { $count } resting entry order is cancelled.
   *[other] • { $count } resting entry orders are cancelled.
}
closing-will-drop = { $count ->
    [0] • Nothing waits in the queue.
    [one] • { $count } waiting signal is dropped.
   *[other] • { $count } waiting signals are dropped.
}
closing-will-close = { $count ->
    [0] • No position is open.
    [one] • { $count } position is closed at the market price:
   *[other] • { $count } positions are closed at the market price:
}
closing-stopped = 🛑 { $account } is stopped.
closing-now-running = The account is running.
closing-now-paused = New entries are paused.
closing-now-halted = The account is halted.
closing-cancelled = { $count ->
    [0] Cancelled: no orders were resting.
    [one] Cancelled: { $count } order.
   *[other] Cancelled: { $count } orders.
}
closing-filled = { $count ->
    [one] Filled before it could be cancelled: { $count } order. It is being closed too.
   *[other] Filled before they could be cancelled: { $count } orders. They are being closed too.
}
closing-not-cancelled = { $count ->
    [one] Not cancelled yet: { $count } order ({ $symbols }). I keep trying.
   *[other] Not cancelled yet: { $count } orders ({ $symbols }). I keep trying.
}
closing-dropped = { $count ->
    [0] Queue: nothing waited.
    [one] Queue: { $count } signal dropped.
   *[other] Queue: { $count } signals dropped.
}
closing-closed = { $count ->
    [one] Closed: { $count } position ({ $symbols }).
   *[other] Closed: { $count } positions ({ $symbols }).
}
closing-closing = { $count ->
    [one] Still closing: { $count } position ({ $symbols }). I tell you the result.
   *[other] Still closing: { $count } positions ({ $symbols }). I tell you the results.
}
closing-none-open = Positions: none was open.
closing-resume = ▶️ Resume
