"""``python -m akunsub`` is ``akunsub``."""

from akunsub.cli import main

if __name__ == "__main__":
    main(prog_name="akunsub")
