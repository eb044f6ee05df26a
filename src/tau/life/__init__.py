"""One person's opened data: journal, memory, changes, editing and forgetting."""
