"""Who listens to which topic, and the stream that pokes them. Topics, never data."""
