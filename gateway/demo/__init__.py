"""The demonstration: a synthetic population, its national files, and two foreign services."""
