"""Scripts and spellings of names: pure functions that matching and the watchlist share."""
