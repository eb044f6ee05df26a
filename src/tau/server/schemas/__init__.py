"""The shapes of the app's API, one file per resource."""
