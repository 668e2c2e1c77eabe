"""The crowd: a population of any size with its truth, to train and to measure linkage on."""

from gateway.demo.crowd.describing import Described
from gateway.demo.crowd.people import Crowd, Soul

__all__ = ["Crowd", "Described", "Soul"]
