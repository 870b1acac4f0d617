"""What runs when, over the whole log: syncs, namespaces, the archive, old rows."""
