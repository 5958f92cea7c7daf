profit-title-all = { $account }: result of all closed positions
profit-title = { $days ->
    [one] { $account }: result of the last day
   *[other] { $account }: result of the last { $days } days
}
profit-none = No position was closed in this time.
profit-result = Realised { $usd }
profit-trades = { $count ->
    [one] { $count } position
   *[other] { $count } positions
}: { $wins } won, { $losses } lost
profit-rate = Win rate { $percent }
profit-factor = Profit factor { $factor }
profit-fees = Fees { $usd }
profit-duration = Average time held { $duration }
profit-best = Best { $symbol } { $usd }
profit-worst = Worst { $symbol } { $usd }
profit-wrong = “{ $asked }” is no number of days. Send /profit, or /profit 7 for a week (1 to { $most }).
