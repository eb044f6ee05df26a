"""Sketches of dwellings: from words to a brief, from a brief to plans, and their drawings.

Pure modules that know nothing of the rest of Tau. The solver and the writer of DXF are imported
where they're called, in the program of the specialists; everything else needs neither.
"""
