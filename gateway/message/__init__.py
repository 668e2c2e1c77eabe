"""XML only: the envelope, its signature, its schema and its bodies. Knows no database and no network."""
