"""`python -m tau.documents.child`: reads one document from its standard input."""

from tau.documents.child.program import main

if __name__ == "__main__":
    main()
