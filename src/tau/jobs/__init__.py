"""Background jobs: imports, downloads and anything else that takes long."""
