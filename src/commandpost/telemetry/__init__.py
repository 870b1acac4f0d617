"""What is recorded of the deeds, whether it leaves, and the page that shows it."""
