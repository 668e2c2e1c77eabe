"""Who we exchange with, and how systems that do not run this gateway are spoken to."""
