"""HTTP routes only: the app's API, the OpenAI shape, the Inflection shape, and a page."""
