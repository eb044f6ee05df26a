"""Skills: the folders that describe specialists, and their reader."""
