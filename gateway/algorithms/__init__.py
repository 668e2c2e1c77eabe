"""Signature algorithms: one registry, and the providers that carry them out."""
