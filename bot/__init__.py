"""店小二: the service. Who may import whom is in HOUSE.md and kept by import-linter."""
