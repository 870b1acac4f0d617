"""What tables and columns there are, and how they are named and composed in SQL."""
