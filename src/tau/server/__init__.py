"""The HTTP server: the app's API, the OpenAI and Inflection shapes, and the web app."""
