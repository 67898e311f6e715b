"""Lets ``python -m controller`` do what ``sunpace`` does."""

import sys

from controller.cli.main import main

if __name__ == "__main__":
    sys.exit(main())
