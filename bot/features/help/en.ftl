help-title = What I can do
help-see = See
help-see-list =
    /status — positions with their results (/status table for a table)
    /pending — offers waiting for your decision
    /profit — results; /profit 7 for the last seven days
    /alerts — your last alerts and what became of them
help-act = Act
help-act-list =
    /pause — take no new entries; /resume — take them again
    /close — close one position or all
    /stop — emergency: cancel, close everything, pause
help-own = Yours
help-own-list =
    /settings — chart colours and language
    /language — English or Russian
    /privacy · /terms · /support · /paysupport
help-how = An alert arrives, an offer appears here with a chart, you tap Approve or Reject. Nothing is traded without you, unless you allowed it in the settings.
