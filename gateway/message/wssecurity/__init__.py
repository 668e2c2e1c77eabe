"""WS-Security 1.1 with the X.509 token profile: who signed a SOAP envelope, and what of it.

Verify, sign, and the WS-Addressing headers that such envelopes carry. Pure: no database, no network, no web.
docs/decisions/0017-ws-security.md says what is accepted and why.
"""
