"""The request bodies of the app's API: pydantic models, one file per resource."""
