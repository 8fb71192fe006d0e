"""What would we say? Pure decisions over frozen values: nothing here reads a clock, stores, or sends."""
