"""`python -m tau.experts.worker`: answers calls until its standard input ends."""

from tau.experts.worker.program import run_program

if __name__ == "__main__":
    run_program()
