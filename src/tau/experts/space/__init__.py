"""Reflective support: exercises, questionnaires and forms. Data and pure functions, no model."""
