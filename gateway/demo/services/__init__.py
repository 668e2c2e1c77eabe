"""Foreign services of the demonstration. They know nothing of this gateway and import nothing of it."""
