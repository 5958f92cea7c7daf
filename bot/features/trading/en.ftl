trading-running = ▶️ { $account }: running
trading-paused = ⏸ { $account }: paused
trading-halted = 🛑 { $account }: halted
trading-unchanged = It was so before.
trading-running-means = New entries are taken again.
trading-paused-cancels-nothing = No new entries are taken. No resting order was cancelled.
trading-paused-goes-on = { $count ->
    [0] No position is open.
    [one] { $count } position goes on: its orders, targets and exits work.
   *[other] { $count } positions go on: their orders, targets and exits work.
}
trading-paused-waits = { $count ->
    [0] The queue is empty.
    [one] { $count } signal waits in the queue.
   *[other] { $count } signals wait in the queue.
}
trading-pause-button = ⏸ Pause
trading-resume-button = ▶️ Resume
