"""The metrics: each defined once, one file with its question, its owner and its SQL."""
