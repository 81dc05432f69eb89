"""`python -m catalog` is `haidang`, for where the command is not on the path."""

from catalog.cli import main

main()
