trading-running = ▶️ { $account }: работает
trading-paused = ⏸ { $account }: пауза
trading-halted = 🛑 { $account }: остановлен
trading-unchanged = Так было и раньше.
trading-running-means = Новые входы снова разрешены.
trading-paused-cancels-nothing = Новых входов не будет. Выставленные ордера не сняты.
trading-paused-goes-on = { $count ->
    [0] Открытых позиций нет.
    [one] { $count } позиция продолжает работать: ордера, цели и выходы.
    [few] { $count } позиции продолжают работать: ордера, цели и выходы.
   *[many] { $count } позиций продолжают работать: ордера, цели и выходы.
}
trading-paused-waits = { $count ->
    [0] Очередь пуста.
    [one] { $count } сигнал ждёт в очереди.
    [few] { $count } сигнала ждут в очереди.
   *[many] { $count } сигналов ждут в очереди.
}
trading-pause-button = ⏸ Пауза
trading-resume-button = ▶️ Продолжить
