"""Import of files, jobs, evals and their results from OpenAI's API, while they can be read."""
