"""The registry of signature algorithms and the providers that carry them out."""
