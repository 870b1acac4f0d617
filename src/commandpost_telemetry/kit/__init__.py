"""Plumbing of the pipeline without a domain word in it."""
