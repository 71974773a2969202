"""python -m training: see README.md."""

from .cli import main

main()
