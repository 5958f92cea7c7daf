# Words of the cards that several features show: offers, positions, notices.
side-long = LONG
side-short = SHORT
source-name = { $source ->
    [tradingview] TradingView
    [signed] signed signal
    [strategy] strategy
    [manual] by hand
   *[other] { $source }
}
timeframe = { $unit ->
    [minutes] { $count } min
    [hours] { $count } h
    [days] { $count ->
        [one] { $count } day
       *[other] { $count } days
    }
   *[weeks] { $count ->
        [one] { $count } week
       *[other] { $count } weeks
    }
}
duration = { $days ->
    [0] { $hours ->
        [0] { $minutes } min
       *[other] { $hours } h { $minutes } min
    }
   *[other] { $days } d { $hours } h
}
duration-seconds = { $seconds } s
button-open-app = 📱 Open in app
button-dashboard = 📱 Dashboard
button-status = 📊 Status
button-pending = 📝 Offers
button-help = ❔ Help
button-alerts = 🔔 Alerts
button-copy-levels = 📋 Copy levels
chart-empty = No price history yet
chart-average = Average
chart-average-if = Average if filled
chart-target = Target
chart-target-percent = Target { $percent }
chart-stop = Stop
chart-entry = Entry · { $usd }
chart-leg = Leg { $number } · { $usd }
chart-leg-filled = Leg { $number } filled
chart-bought = Bought
chart-sold = Sold
chart-now = Now

offer-headline = { $icon } { $side } { $symbol } · entry { $step } of { $steps }
offer-entry = Entry { $price } · { $timeframe }
offer-market = at market · { $timeframe }
offer-target = Target { $price } ({ $percent })
offer-stop = Stop { $price } ({ $percent })
offer-average = Average if all fills { $price }
offer-ladder = { $count ->
    [one] Ladder, { $count } order
   *[other] Ladder, { $count } orders
}
offer-risk = Capital { $usd } · { $percent } of the account
offer-half = Half size
offer-size = Size × { $factor }
offer-exposure = Exposure { $before } → { $after }
offer-place-slot = Takes slot { $slot } of { $slots }
offer-place-pyramid = Adds to the open position
offer-place-queue = No slot free ({ $taken } of { $slots } taken): it would wait in the queue
offer-place-refused = Cannot be taken now
offer-why = Why: { $reason }
offer-source = { $source }
offer-source-strategy = { $source } · { $strategy }
offer-expires = Expires { $when }
offer-consent = By approving you accept the risk notice (/terms).
offer-by-you-approve = ✅ Approved by you at { $when }
offer-by-you-reject = ✖️ Rejected by you at { $when }
offer-by-app-approve = ✅ Approved by you in the app at { $when }
offer-by-app-reject = ✖️ Rejected by you in the app at { $when }
offer-by-policy = 🤖 Taken by your auto-approve setting at { $when }
offer-undo-left = Takes effect { $when }. Until then you can undo it.
offer-taken = The orders are on their way.
offer-expired = ⌛ Expired — not traded
offer-withdrawn = ↩️ Withdrawn — not traded
offer-code-opened = Position opened.
offer-code-waiting = Position opens as soon as the venue's rules are known.
offer-code-pyramid_added = Added to the position.
offer-code-queued = Waiting in the queue for a free slot.
offer-code-replaced = It took the place of the older signal in the queue.
offer-code-superseded = A newer signal took its place in the queue.
offer-code-queue_full = Not taken: all slots are taken and the queue is full.
offer-code-account_paused = Not taken: the account is paused.
offer-code-account_halted = Not taken: the account is halted.
offer-code-installation_paused = Not taken: trading is paused on all accounts.
offer-code-installation_halted = Not taken: trading is halted on all accounts.
offer-code-plan_over = Not taken: your plan has ended.
offer-code-plan_venue = Not taken: your plan does not include this venue.
offer-code-plan_pyramids = Not taken: the position has all entries that your plan allows.
offer-code-plan_symbols = Not taken: no more symbols in your plan.
offer-code-plan_exposure = Not taken: over the exposure your plan allows.
offer-code-pyramid_limit = Not taken: the position has all its entries already.
offer-code-group_takes_no_entries = Not taken: the position takes no more entries.
offer-code-no_price = Not taken: there is no price right now.
offer-dropped-undone = You undid the approval.
offer-dropped-replaced = A newer alert of the same position took its place.
offer-dropped-exited = The strategy left this position first.
offer-dropped-account_paused = The account is paused.
offer-dropped-account_halted = The account is halted.
offer-dropped-installation_paused = Trading is paused on all accounts.
offer-dropped-installation_halted = Trading is halted on all accounts.
offer-dropped-plan_over = Your plan has ended.
offer-dropped-plan_venue = Your plan does not include this venue.
offer-dropped-plan_pyramids = The position has all entries that your plan allows.
offer-dropped-plan_symbols = Your plan allows no more symbols.
offer-dropped-plan_exposure = It would go over the exposure your plan allows.
offer-dropped-pyramid_limit = The position has all its entries already.
offer-dropped-queue_full = All slots are taken and the queue is full.
offer-dropped-no_price = There is no price right now.
button-approve = ✅ Approve
button-reject = ✖️ Reject
button-half = ½ size
button-full = Full size
button-undo = ↩️ Undo
button-open-position = 📈 Open position
offer-lost-approve = You approved this already at { $at } UTC ({ $channel }).
offer-lost-reject = You rejected this already at { $at } UTC ({ $channel }).
offer-lost-policy = Your auto-approve setting took this at { $at } UTC.
offer-lost-expired = Too late: this offer has expired. Nothing was traded.
offer-lost-withdrawn = This offer was withdrawn. Nothing was traded.
offer-lost-changed = The offer was re-priced. Look at the new numbers and decide again.
offer-undo-late = Too late to undo: the orders are on their way. Use Close instead.
channel-name = { $channel ->
    [chat] in the chat
    [app] in the app
   *[policy] automatically
}

position-headline = { $icon } { $side } { $symbol } · { $status }
position-status-waiting = waiting
position-status-live = orders placed
position-status-partially_filled = partly filled
position-status-active = open
position-status-closing = closing
position-status-closed = closed
position-status-failed = failed
position-pnl = { $usd } ({ $percent }) unrealised
position-average = Average { $price }
position-average-now = Average { $price } · now { $mark }
position-legs = Legs { $pattern } { $filled } of { $total } filled
position-pyramids = Entry { $count } of { $most }
position-next = Next order { $price }
position-target = Next target { $price }
position-stop-venue = Stop { $price } for { $quantity } { $asset } · rests at { $venue }
position-stop-sending = Stop { $price } for { $quantity } { $asset } · on its way to { $venue }
position-stop-engine = Stop { $price } for { $quantity } { $asset } · watched here, closed at market
position-money = Invested { $invested } · realised { $realized }
position-origin = { $timeframe } · { $source }
position-waiting = The first order is on its way to the venue.
position-failed = No order could be placed: try again, or close it.
position-closed-headline = { $icon } { $symbol } closed · { $usd } ({ $percent })
position-closed-empty = ⚪ { $symbol } closed · nothing was bought
position-closed-why = { $side } · { $reason }
position-closed-prices = Average entry { $entry } → exit { $exit }
position-closed-money = Realised { $usd } after fees of { $fees }
position-closed-time = Held for { $duration }
position-code-target = target reached
position-code-exit_signal = exit signal
position-code-manual = closed by you
position-code-risk_offset = risk engine
position-code-stop = stop reached
position-code-time = time limit
position-code-guard = drawdown guard
position-code-emergency = emergency close
position-code-external = closed outside
position-code-other = { $reason }
badge-win = PROFIT
badge-loss = LOSS
chart-sub-offer = { $timeframe } · entry { $step } of { $steps } · { $usd }
chart-sub-group = { $timeframe } · { $filled } of { $total } legs filled
chart-sub-closed = { $timeframe } · { $reason } · { $duration }
button-close-position = Close…
button-retry = Try again

notice-closed = { $icon } { $symbol } closed: { $usd } ({ $percent }) — { $reason }
notice-order_failed = ⚠️ { $symbol }: the venue refused an order.
notice-order_unclear = ❓ { $symbol }: nobody knows whether an order is at the venue.
notice-not_compared = 🔌 { $account }: what is at the venue cannot be compared.
notice-group_failed = ⛔ { $symbol }: the position could not be opened.
notice-signal_refused = ⚠️ { $symbol }: the approved signal was not taken.
notice-dequeued = 🗑 { $symbol } left the queue.
notice-promoted = ⏫ { $symbol } got a free slot and opens now.
notice-drifted = ↔️ { $symbol } left the queue: its price ran away.
notice-slippage = 📉 { $symbol }: filled worse than you allow.
notice-guard_triggered = 🛡 { $account }: the drawdown guard acts.
notice-entries_locked = 🔒 { $account }: no new entries for a while.
notice-equity_jumped = ❗ { $account }: equity jumped.
notice-credentials = 🔑 { $account }: keys of the venue.
notice-reconciled = 🔄 { $account }: compared with the venue.
notice-external_trade = 👤 { $account }: traded outside of Countersign.
notice-fallback_rules = 📐 { $symbol }: traded by fallback rules.
notice-funding_unclaimed = 🏦 { $account }: funding that no position bears.
notice-margin_kept = ⚖️ { $symbol }: traded in another margin mode than yours.
notice-webhook_disabled = 🔌 { $account }: a webhook was switched off.
notice-risk_action = ⚖️ { $account }: the risk engine.
notice-state-running = ▶️ { $account }: running. New entries are taken again.
notice-state-paused = ⏸ { $account }: paused. No new entries; targets and exits go on.
notice-installation-running = ▶️ { $account }: trading runs again on all accounts.
notice-installation-paused = ⏸ { $account }: trading is paused on all accounts. No new entries; targets and exits go on.
notice-installation-halted = 🛑 { $account }: trading is halted on all accounts. Nothing new is sent except what you order.
notice-engine-stalled = 🐌 { $account }: the engine stood still for { $seconds } s. It goes on now.
notice-entries_left = ⏹ { $symbol }: open legs stayed at the venue.
notice-limits_changed = 📋 { $account }: your plan.
notice-state-halted = 🛑 { $account }: halted to protect the account. Nothing new is sent.
notice-more = { $count ->
    [one] … and { $count } more update; see the app or /status.
   *[other] … and { $count } more updates; see the app or /status.
}

error-not_found = There is no such thing here, or it is not yours.
error-forbidden = You may not do this.
error-rate_limited = Too fast. Please wait a moment.
error-unavailable = Something is not answering right now. Please try again in a moment.
error-internal = Something went wrong on our side. The house has noted it.
error-old-button = This button is from an older message. Use /status or /pending.
error-not-yours = This button belongs to somebody else.
error-reference = Reference: { $reference }
error-slow-down = Too many messages. I answer again in a moment.
error-closed = This bot takes no new users. Ask its owner.
error-undecided = It is written down and will be decided in a moment.
error-conflict = That is not possible right now: things have changed meanwhile.
error-gone = Too late: its time is over.
error-invalid_input = I cannot work with this input.
error-no_price = There is no market price yet. Try again in a moment.
error-already_closed = This position is closed already.
