"""Background learning: embeddings and facts from the person's messages."""
