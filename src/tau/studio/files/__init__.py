"""Files that people upload: stored sealed, for tuning and evals."""
