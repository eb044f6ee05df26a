"""Database connections, schema and migrations, sealing, backups and secure deletion."""
