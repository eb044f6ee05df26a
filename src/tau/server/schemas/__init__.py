"""The responses of the app's API: frozen dataclasses, one file per resource.

FastAPI describes and serialises them, and `tau.client` decodes them. Nothing here imports a web
framework or pydantic, so that the client stays light.
"""
