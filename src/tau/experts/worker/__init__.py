"""The program that runs specialists' heavy work, in an environment with packages of its own.

It runs there from an archive without the rest of Tau: it may import the standard library, msgspec
and the pinned packages. Nothing of a person is on its disk, and it ends with its standard input.
"""
