# Слова карточек, которые показывают несколько разделов: предложения, позиции, уведомления.
side-long = ЛОНГ
side-short = ШОРТ
source-name = { $source ->
    [tradingview] TradingView
    [signed] подписанный сигнал
    [strategy] стратегия
    [manual] вручную
   *[other] { $source }
}
timeframe = { $unit ->
    [minutes] { $count } мин
    [hours] { $count } ч
    [days] { $count ->
        [one] { $count } день
        [few] { $count } дня
       *[many] { $count } дней
    }
   *[weeks] { $count ->
        [one] { $count } неделя
        [few] { $count } недели
       *[many] { $count } недель
    }
}
duration = { $days ->
    [0] { $hours ->
        [0] { $minutes } мин
       *[other] { $hours } ч { $minutes } мин
    }
   *[other] { $days } д { $hours } ч
}
duration-seconds = { $seconds } с
button-open-app = 📱 В приложении
button-dashboard = 📱 Терминал
button-status = 📊 Статус
button-pending = 📝 Заявки
button-help = ❔ Помощь
button-alerts = 🔔 Сигналы
button-copy-levels = 📋 Копировать
chart-empty = Истории цен пока нет
chart-average = Средняя
chart-average-if = Средняя при наборе
chart-target = Цель
chart-target-percent = Цель { $percent }
chart-stop = Стоп
chart-entry = Вход · { $usd }
chart-leg = Ордер { $number } · { $usd }
chart-leg-filled = Ордер { $number } исполнен
chart-bought = Куплено
chart-sold = Продано
chart-now = Сейчас

offer-headline = { $icon } { $side } { $symbol } · вход { $step } из { $steps }
offer-entry = Вход { $price } · { $timeframe }
offer-market = по рынку · { $timeframe }
offer-target = Цель { $price } ({ $percent })
offer-stop = Стоп { $price } ({ $percent })
offer-average = Средняя, если наберётся всё: { $price }
offer-ladder = { $count ->
    [one] Сетка, { $count } ордер
    [few] Сетка, { $count } ордера
   *[many] Сетка, { $count } ордеров
}
offer-risk = Капитал { $usd } · { $percent } счёта
offer-half = Половина объёма
offer-size = Объём × { $factor }
offer-exposure = В рынке { $before } → { $after }
offer-place-slot = Займёт слот { $slot } из { $slots }
offer-place-pyramid = Добавит к открытой позиции
offer-place-queue = Свободных слотов нет (занято { $taken } из { $slots }): встанет в очередь
offer-place-refused = Сейчас взять нельзя
offer-why = Причина: { $reason }
offer-source = { $source }
offer-source-strategy = { $source } · { $strategy }
offer-expires = Истекает { $when }
offer-consent = Одобряя, вы принимаете предупреждение о рисках (/terms).
offer-by-you-approve = ✅ Вы одобрили в { $when }
offer-by-you-reject = ✖️ Вы отклонили в { $when }
offer-by-app-approve = ✅ Вы одобрили в приложении в { $when }
offer-by-app-reject = ✖️ Вы отклонили в приложении в { $when }
offer-by-policy = 🤖 Взято по вашей настройке автоодобрения в { $when }
offer-undo-left = Вступит в силу { $when }. До этого можно отменить.
offer-taken = Ордера отправляются.
offer-expired = ⌛ Срок истёк — сделки не было
offer-withdrawn = ↩️ Отозвано — сделки не было
offer-code-opened = Позиция открыта.
offer-code-waiting = Позиция откроется, как только станут известны правила площадки.
offer-code-pyramid_added = Добавлено к позиции.
offer-code-queued = Ждёт свободного слота в очереди.
offer-code-replaced = Заняло место более старого сигнала в очереди.
offer-code-superseded = Его место в очереди занял более новый сигнал.
offer-code-queue_full = Не взято: все слоты заняты, очередь полна.
offer-code-account_paused = Не взято: счёт на паузе.
offer-code-account_halted = Не взято: счёт остановлен.
offer-code-installation_paused = Не взято: торговля на паузе на всех счетах.
offer-code-installation_halted = Не взято: торговля остановлена на всех счетах.
offer-code-plan_over = Не взято: срок тарифа вышел.
offer-code-plan_venue = Не взято: этой площадки нет в вашем тарифе.
offer-code-plan_pyramids = Не взято: в позиции уже все входы, которые разрешает тариф.
offer-code-plan_symbols = Не взято: тариф не разрешает больше инструментов.
offer-code-plan_exposure = Не взято: больше, чем разрешает тариф.
offer-code-pyramid_limit = Не взято: в позиции уже все входы.
offer-code-group_takes_no_entries = Не взято: позиция больше не принимает входов.
offer-code-no_price = Не взято: сейчас нет цены.
offer-dropped-undone = Вы отменили одобрение.
offer-dropped-replaced = Его место занял более новый сигнал той же позиции.
offer-dropped-exited = Стратегия вышла из этой позиции раньше.
offer-dropped-account_paused = Счёт на паузе.
offer-dropped-account_halted = Счёт остановлен.
offer-dropped-installation_paused = Торговля на паузе на всех счетах.
offer-dropped-installation_halted = Торговля остановлена на всех счетах.
offer-dropped-plan_over = Срок вашего тарифа вышел.
offer-dropped-plan_venue = Этой площадки нет в вашем тарифе.
offer-dropped-plan_pyramids = В позиции уже все входы, которые разрешает тариф.
offer-dropped-plan_symbols = Тариф не разрешает больше инструментов.
offer-dropped-plan_exposure = Это больше, чем разрешает тариф.
offer-dropped-pyramid_limit = В позиции уже все входы.
offer-dropped-queue_full = Все слоты заняты, очередь полна.
offer-dropped-no_price = Сейчас нет цены.
button-approve = ✅ Одобрить
button-reject = ✖️ Отклонить
button-half = ½ объёма
button-full = Полный объём
button-undo = ↩️ Отменить
button-open-position = 📈 Открыть позицию
offer-lost-approve = Вы уже одобрили это в { $at } UTC ({ $channel }).
offer-lost-reject = Вы уже отклонили это в { $at } UTC ({ $channel }).
offer-lost-policy = Взято по вашей настройке автоодобрения в { $at } UTC.
offer-lost-expired = Поздно: срок предложения истёк. Сделки не было.
offer-lost-withdrawn = Предложение отозвано. Сделки не было.
offer-lost-changed = Предложение пересчитано. Посмотрите новые цифры и решите ещё раз.
offer-undo-late = Отменять поздно: ордера уже отправляются. Закройте позицию.
channel-name = { $channel ->
    [chat] в чате
    [app] в приложении
   *[policy] автоматически
}

position-headline = { $icon } { $side } { $symbol } · { $status }
position-status-waiting = ожидание
position-status-live = ордера выставлены
position-status-partially_filled = частично набрана
position-status-active = открыта
position-status-closing = закрывается
position-status-closed = закрыта
position-status-failed = ошибка
position-pnl = { $usd } ({ $percent }) нереализовано
position-average = Средняя { $price }
position-average-now = Средняя { $price } · сейчас { $mark }
position-legs = Ордера { $pattern } исполнено { $filled } из { $total }
position-pyramids = Вход { $count } из { $most }
position-next = Следующий ордер { $price }
position-target = Ближайшая цель { $price }
position-stop-venue = Стоп { $price } на { $quantity } { $asset } · стоит на { $venue }
position-stop-sending = Стоп { $price } на { $quantity } { $asset } · отправляется на { $venue }
position-stop-engine = Стоп { $price } на { $quantity } { $asset } · следит движок, закроет по рынку
position-money = Вложено { $invested } · реализовано { $realized }
position-origin = { $timeframe } · { $source }
position-waiting = Первый ордер отправляется на площадку.
position-failed = Не удалось выставить ни одного ордера: повторите или закройте позицию.
position-closed-headline = { $icon } { $symbol } закрыта · { $usd } ({ $percent })
position-closed-empty = ⚪ { $symbol } закрыта · ничего не куплено
position-closed-why = { $side } · { $reason }
position-closed-prices = Средний вход { $entry } → выход { $exit }
position-closed-money = Результат { $usd }, комиссии { $fees }
position-closed-time = В позиции { $duration }
position-code-target = цель достигнута
position-code-exit_signal = сигнал на выход
position-code-manual = закрыто вами
position-code-risk_offset = риск-движок
position-code-stop = сработал стоп
position-code-time = вышло время
position-code-guard = защита капитала
position-code-emergency = экстренное закрытие
position-code-external = закрыто вне системы
position-code-other = { $reason }
badge-win = ПРИБЫЛЬ
badge-loss = УБЫТОК
chart-sub-offer = { $timeframe } · вход { $step } из { $steps } · { $usd }
chart-sub-group = { $timeframe } · исполнено { $filled } из { $total }
chart-sub-closed = { $timeframe } · { $reason } · { $duration }
button-close-position = Закрыть…
button-retry = Повторить

notice-closed = { $icon } { $symbol } закрыта: { $usd } ({ $percent }) — { $reason }
notice-order_failed = ⚠️ { $symbol }: площадка отклонила ордер.
notice-order_unclear = ❓ { $symbol }: неизвестно, дошёл ли ордер до площадки.
notice-not_compared = 🔌 { $account }: не удаётся сверить счёт с площадкой.
notice-group_failed = ⛔ { $symbol }: позицию открыть не удалось.
notice-signal_refused = ⚠️ { $symbol }: одобренный сигнал не взят.
notice-dequeued = 🗑 { $symbol } убран из очереди.
notice-promoted = ⏫ { $symbol }: слот освободился, позиция открывается.
notice-drifted = ↔️ { $symbol } убран из очереди: цена ушла.
notice-slippage = 📉 { $symbol }: исполнено хуже, чем вы разрешили.
notice-guard_triggered = 🛡 { $account }: сработала защита капитала.
notice-entries_locked = 🔒 { $account }: новых входов пока нет.
notice-equity_jumped = ❗ { $account }: капитал резко изменился.
notice-credentials = 🔑 { $account }: ключи площадки.
notice-reconciled = 🔄 { $account }: сверка с площадкой.
notice-external_trade = 👤 { $account }: сделка вне Countersign.
notice-fallback_rules = 📐 { $symbol }: торгуется по запасным правилам.
notice-funding_unclaimed = 🏦 { $account }: фандинг, который не относится ни к одной позиции.
notice-margin_kept = ⚖️ { $symbol }: торгуется не в вашем режиме маржи.
notice-webhook_disabled = 🔌 { $account }: вебхук отключён.
notice-risk_action = ⚖️ { $account }: риск-движок.
notice-state-running = ▶️ { $account }: работает. Новые входы снова разрешены.
notice-state-paused = ⏸ { $account }: пауза. Новых входов нет, цели и выходы работают.
notice-installation-running = ▶️ { $account }: торговля снова идёт на всех счетах.
notice-installation-paused = ⏸ { $account }: торговля на паузе на всех счетах. Новых входов нет, цели и выходы работают.
notice-installation-halted = 🛑 { $account }: торговля остановлена на всех счетах. Отправляются только ваши приказы.
notice-engine-stalled = 🐌 { $account }: движок стоял { $seconds } с. Теперь он работает дальше.
notice-entries_left = ⏹ { $symbol }: ордера на вход остались на площадке.
notice-limits_changed = 📋 { $account }: ваш тариф.
notice-state-halted = 🛑 { $account }: остановлен для защиты счёта. Ничего нового не отправляется.
notice-more = { $count ->
    [one] … и ещё { $count } событие; подробнее в приложении или /status.
    [few] … и ещё { $count } события; подробнее в приложении или /status.
   *[many] … и ещё { $count } событий; подробнее в приложении или /status.
}

error-not_found = Такого здесь нет, или это не ваше.
error-forbidden = Это вам недоступно.
error-rate_limited = Слишком быстро. Подождите немного.
error-unavailable = Что-то сейчас не отвечает. Попробуйте ещё раз через минуту.
error-internal = У нас что-то пошло не так. Ошибка записана.
error-old-button = Эта кнопка из старого сообщения. Откройте /status или /pending.
error-not-yours = Это не ваша кнопка.
error-reference = Код ошибки: { $reference }
error-slow-down = Слишком много сообщений. Отвечу чуть позже.
error-closed = Бот не принимает новых пользователей. Обратитесь к владельцу.
error-undecided = Записано, решение будет через мгновение.
error-conflict = Сейчас это невозможно: ситуация уже изменилась.
error-gone = Поздно: время вышло.
error-invalid_input = Не могу это разобрать.
error-no_price = Рыночной цены пока нет. Попробуйте ещё раз через минуту.
error-already_closed = Эта позиция уже закрыта.
