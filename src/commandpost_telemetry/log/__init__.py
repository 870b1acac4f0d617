"""What is durable between collector and warehouse."""
