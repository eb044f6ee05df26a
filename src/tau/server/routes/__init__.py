"""The routes of the app's API, one file per resource."""
