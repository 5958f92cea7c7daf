offers-none = No offers are waiting. When an alert arrives, its card appears here at once.
offers-test-button = 🔔 Send me a test alert
offers-title = { $count ->
    [one] { $count } offer waits for you
   *[other] { $count } offers wait for you
}
offers-more = There are more in the app.
offers-approved = Approved
offers-rejected = Rejected
offers-undone = Undone
