"""The API in the shape of OpenAI."""
