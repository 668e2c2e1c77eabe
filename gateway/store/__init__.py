"""Where everything is kept: one database, all tables in one module, changed only by migrations."""
