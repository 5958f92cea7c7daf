profit-title-all = { $account }: итог по всем закрытым позициям
profit-title = { $days ->
    [one] { $account }: итог за последний { $days } день
    [few] { $account }: итог за последние { $days } дня
   *[many] { $account }: итог за последние { $days } дней
}
profit-none = За это время ничего не закрывалось.
profit-result = Реализовано { $usd }
profit-trades = { $count ->
    [one] { $count } позиция
    [few] { $count } позиции
   *[many] { $count } позиций
}: в плюс { $wins }, в минус { $losses }
profit-rate = Доля прибыльных { $percent }
profit-factor = Профит-фактор { $factor }
profit-fees = Комиссии { $usd }
profit-duration = В среднем в позиции { $duration }
profit-best = Лучшая { $symbol } { $usd }
profit-worst = Худшая { $symbol } { $usd }
profit-wrong = «{ $asked }» — это не число дней. Отправьте /profit или /profit 7 за неделю (от 1 до { $most }).
