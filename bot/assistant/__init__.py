"""What staff ask the app: answered at once where an entry does, else by whoever is on duty at headquarters."""
