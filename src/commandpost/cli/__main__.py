"""`python -m commandpost.cli`: the command without an installed script."""

from commandpost.cli import app

app()
