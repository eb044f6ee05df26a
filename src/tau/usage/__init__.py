"""Usage of models: limits of API keys, tokens and cost by day, and prices."""
