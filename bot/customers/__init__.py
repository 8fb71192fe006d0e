"""Who customers are, and what they allowed."""
