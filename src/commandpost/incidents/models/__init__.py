"""Tables of incidents, and what an incident refuses by itself."""
