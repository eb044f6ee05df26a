"""Background jobs: one kind for imports, downloads and whatever else takes long."""
