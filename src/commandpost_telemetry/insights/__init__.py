"""What the data says: models, metrics and the pages that show them."""
