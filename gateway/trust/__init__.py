"""Whom the node believes and how it proves itself: keys, certificates, approvals, access tokens."""
