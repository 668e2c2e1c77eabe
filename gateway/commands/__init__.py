"""The command line: one file per noun, wired in main.py."""
