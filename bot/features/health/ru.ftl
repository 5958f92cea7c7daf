health-title = Состояние
health-engine-up = ✅ Движок работает
health-engine-down = ⛔ Движок не работает
health-trading-running = ✅ Торговля идёт
health-trading-paused = ⏸ Торговля на паузе на всех счетах
health-trading-halted = 🛑 Торговля остановлена на всех счетах
health-feed-live = { $count ->
    [one] ✅ Цены: { $feed }, { $count } инструмент
    [few] ✅ Цены: { $feed }, { $count } инструмента
   *[many] ✅ Цены: { $feed }, { $count } инструментов
}
health-feed-stale = { $count ->
    [one] ⚠️ Цены устарели: { $feed }, { $count } инструмент
    [few] ⚠️ Цены устарели: { $feed }, { $count } инструмента
   *[many] ⚠️ Цены устарели: { $feed }, { $count } инструментов
}
health-inbox = { $count ->
    [one] Ждёт решения { $count } событие
    [few] Ждут решения { $count } события
   *[many] Ждут решения { $count } событий
}
health-unknown = { $count ->
    [one] { $count } ордер с неизвестным исходом
    [few] { $count } ордера с неизвестным исходом
   *[many] { $count } ордеров с неизвестным исходом
}
