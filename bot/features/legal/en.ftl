legal-privacy-title = Privacy
legal-privacy =
    Kept: your Telegram id, name and language, your settings, your signals, decisions and trades, and what you agreed to.
    Messages you send here are kept for a week to repair faults, then erased. A pasted key or seed phrase is never kept.
    Nothing is sold or given away. Everything lies on the server of whoever runs this bot; ask them to export or erase your data (/support).
legal-terms-title = Terms
legal-terms =
    Countersign carries out what you approve, or what you allowed it to take alone. It gives no advice and manages no money.
    You may stop at any time: /pause takes no new entries, /stop closes everything.
legal-terms-version = Risk notice of { $version }
legal-support-title = Support
legal-support =
    Something is wrong? Send the reference that stands below an error message, and what you wanted to do, to the person who runs this bot.
    /status shows whether the engine and the prices are alive, /alerts what became of each alert.
legal-paysupport-title = Payments
legal-paysupport = Nothing is sold in this bot at present, so no payment of yours can be open here. Questions go to whoever runs this bot; Telegram's own support cannot help with purchases made in bots.
