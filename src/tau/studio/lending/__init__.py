"""Conversations that people lend to their own projects, and take back."""
