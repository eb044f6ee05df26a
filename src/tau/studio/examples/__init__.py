"""Examples: reading them from files, checking them, and putting a test aside."""
