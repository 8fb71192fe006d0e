"""EDGE. Weather, orders, catalogue, speech, language models: over HTTP or from files."""
