"""Business writing: documents as blocks, proposed edits, checks, style rules and Word files."""
