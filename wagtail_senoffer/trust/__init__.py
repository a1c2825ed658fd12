"""Many schools at once: set up from the register, shared text, one table, who may read it."""
