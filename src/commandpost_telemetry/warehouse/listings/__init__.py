"""What the loader has done, for whoever asks."""
