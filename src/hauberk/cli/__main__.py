"""`python -m hauberk.cli`, where the command is not on the path."""

from hauberk.cli import main

main()
