status-title = { $account } · { $equity }
status-today = Сегодня { $usd } ({ $percent })
status-total = Всего { $usd } ({ $percent })
status-pool = Позиции { $open } из { $most } · очередь { $queued } · свободно { $free }
status-state-paused = ⏸ Пауза: новых входов нет
status-state-halted = 🛑 Остановлено: ничего нового не отправляется
status-engine-stopped = ⚠️ Движок не работает. Позиции сохранены, новых решений нет.
status-prices-live = 🟢 Цены поступают.
status-prices-stale = ⚠️ Цены сейчас не поступают.
status-empty = Открытых позиций нет. Их открывает одобренное предложение.
status-more = Остальные позиции — в приложении.
status-line = { $icon } { $symbol } · { $timeframe } · { $result } · ордера { $filled }/{ $total }
status-no-result = ждёт первого исполнения
status-offers-button = { $count ->
    [one] 📝 Ждёт { $count } предложение
    [few] 📝 Ждут { $count } предложения
   *[many] 📝 Ждут { $count } предложений
}
status-column-symbol = Пара
status-column-legs = Орд.
status-column-pnl = П/У
status-column-percent = %
status-public-running = ✅ Countersign работает.
status-public-stopped = ⚠️ Движок не работает.
status-public-hint = Ваши позиции — в личном чате со мной.
status-installation-paused = ⏸ Торговля на паузе на всех счетах: новых входов нет
status-installation-halted = 🛑 Торговля остановлена на всех счетах: ничего нового не отправляется
