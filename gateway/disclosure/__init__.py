"""Who may see what. Nothing is disclosed that this package has not permitted."""
