"""The warehouses that can be loaded, each in a room of its own behind one interface."""
