"""Import, merge, restore and export of a person's data."""
