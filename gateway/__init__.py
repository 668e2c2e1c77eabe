"""The CIS migration exchange gateway: open exchange/receive.py first and follow a record to the end."""

__version__ = "0.1.0"
