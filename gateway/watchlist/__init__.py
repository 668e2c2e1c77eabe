"""The watchlist: entry bans of the parties, searchable in milliseconds and answered in as few words as possible."""
