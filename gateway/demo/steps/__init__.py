"""The ten steps of the demo, one file each; each returns its figures or fails with what it saw."""
