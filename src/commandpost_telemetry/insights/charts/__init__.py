"""Charts drawn on the server as SVG, from plain values."""
