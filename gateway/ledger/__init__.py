"""The tamper-evident log: a Merkle tree after RFC 6962, signed checkpoints and proofs anybody can check."""
