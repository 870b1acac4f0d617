"""Users, teams, sign-in, tokens, permissions."""
