"""Pure: what people mean by their words. Imports knowledge.text only."""
