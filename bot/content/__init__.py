"""HQ's folder in service."""
