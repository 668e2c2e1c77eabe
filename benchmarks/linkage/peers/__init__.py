"""The programs that ours is measured against, each set up as its own documentation does it."""
