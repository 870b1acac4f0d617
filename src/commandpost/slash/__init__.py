"""Slash commands: parse, find, answer."""
