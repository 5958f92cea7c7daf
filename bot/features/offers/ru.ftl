offers-none = Предложений нет. Как только придёт сигнал, карточка появится здесь.
offers-test-button = 🔔 Отправить пробный сигнал
offers-title = { $count ->
    [one] { $count } предложение ждёт решения
    [few] { $count } предложения ждут решения
   *[many] { $count } предложений ждут решения
}
offers-more = Остальные — в приложении.
offers-approved = Одобрено
offers-rejected = Отклонено
offers-undone = Отменено
