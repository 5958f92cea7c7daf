closing-choose = { $account }: какую позицию закрыть?
closing-nothing = { $account }: открытых позиций нет.
closing-unknown = Не нахожу открытой позиции «{ $wanted }».
closing-all-button = Закрыть все…
closing-sure = Закрыть { $symbol } по рынку?
closing-means = Вложено { $invested }, результат сейчас { $pnl }. Сначала снимутся ордера этой позиции.
closing-yes = Да, закрыть
closing-no = Оставить
closing-kept = Ничего не изменилось.
closing-ordered = { $symbol } закрывается. Результат появится в карточке.
closing-retried = { $symbol }: ордера отправлены снова. Карточка покажет, что с ними.
closing-done = { $symbol } закрыта.
closing-close-sure = Закрыть всё на счёте { $account }?
closing-stop-sure = 🛑 Экстренная остановка счёта { $account }?
closing-close-yes = Да, закрыть всё
closing-stop-yes = 🛑 Остановить
closing-will-pause = • Новые входы на паузе, пока вы не продолжите.
closing-will-cancel = { $count ->
    [0] • Ордеров на вход нет.
    [one] • Снимется { $count } ордер на вход.
    [few] • Снимутся { $count } ордера на вход.
   *[many] • Снимутся { $count } ордеров на вход.
}
closing-will-drop = { $count ->
    [0] • В очереди пусто.
    [one] • Из очереди уйдёт { $count } сигнал.
    [few] • Из очереди уйдут { $count } сигнала.
   *[many] • Из очереди уйдут { $count } сигналов.
}
closing-will-close = { $count ->
    [0] • Открытых позиций нет.
    [one] • По рынку закроется { $count } позиция:
    [few] • По рынку закроются { $count } позиции:
   *[many] • По рынку закроются { $count } позиций:
}
closing-stopped = 🛑 Счёт { $account } остановлен.
closing-now-running = Счёт работает.
closing-now-paused = Новые входы на паузе.
closing-now-halted = Счёт остановлен для защиты.
closing-cancelled = { $count ->
    [0] Снято: ордеров не было.
    [one] Снято: { $count } ордер.
    [few] Снято: { $count } ордера.
   *[many] Снято: { $count } ордеров.
}
closing-filled = { $count ->
    [one] Успел исполниться { $count } ордер. Он тоже закрывается.
    [few] Успели исполниться { $count } ордера. Они тоже закрываются.
   *[many] Успели исполниться { $count } ордеров. Они тоже закрываются.
}
closing-not-cancelled = { $count ->
    [one] Ещё не снят { $count } ордер ({ $symbols }). Продолжаю пробовать.
    [few] Ещё не сняты { $count } ордера ({ $symbols }). Продолжаю пробовать.
   *[many] Ещё не сняты { $count } ордеров ({ $symbols }). Продолжаю пробовать.
}
closing-dropped = { $count ->
    [0] Очередь: было пусто.
    [one] Очередь: убран { $count } сигнал.
    [few] Очередь: убраны { $count } сигнала.
   *[many] Очередь: убрано { $count } сигналов.
}
closing-closed = { $count ->
    [one] Закрыта { $count } позиция ({ $symbols }).
    [few] Закрыты { $count } позиции ({ $symbols }).
   *[many] Закрыто { $count } позиций ({ $symbols }).
}
closing-closing = { $count ->
    [one] Ещё закрывается { $count } позиция ({ $symbols }). Сообщу результат.
    [few] Ещё закрываются { $count } позиции ({ $symbols }). Сообщу результаты.
   *[many] Ещё закрываются { $count } позиций ({ $symbols }). Сообщу результаты.
}
closing-none-open = Позиции: открытых не было.
closing-resume = ▶️ Продолжить
