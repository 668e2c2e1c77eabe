"""Linking any register: rows of a file judged to be one human being, in batch. Start at `link.py`."""
