"""The API in the shape of Inflection."""
