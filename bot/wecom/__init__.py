"""EDGE. WeCom's words and wire format; knows nothing about shops."""
