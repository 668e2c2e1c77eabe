"""Between a national register's own form and records, by declarative profiles."""
