"""Examples that a model writes from the passages of a document."""
