"""What is exchanged: plain immutable values that know no database and no XML."""
