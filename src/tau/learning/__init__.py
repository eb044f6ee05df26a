"""Background learning: embeddings and facts, drawn from what was said, behind the reply."""
