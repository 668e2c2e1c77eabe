"""Measurements beside the floors and the peers they are compared with: `python -m benchmarks`."""
