guard-key-title = 🔐 That looked like a secret key
guard-seed-title = 🔐 That looked like a seed phrase
guard-removed = I deleted your message and kept no copy.
guard-key = Treat the key as known to others: revoke it at the exchange and make a new one. Keys are entered in the app only, never in a chat.
guard-seed = Treat the wallet as open to others: move what is in it. Nobody needs your seed phrase, neither I nor any support.
guard-unknown = I did not understand that. Maybe you want one of these?
