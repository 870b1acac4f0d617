"""The frozen schemas, one file per event and version; what was released is never rewritten."""
