"""What may be tracked: one small class per event, and nothing else in the product may be sent."""
