"""Plumbing of the application without a domain word in it."""
