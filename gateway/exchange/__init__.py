"""Messages in and out. Open receive.py first and follow a record to the end."""
