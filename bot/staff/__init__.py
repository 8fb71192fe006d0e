"""Who works where, who is on duty, and who may see what."""
