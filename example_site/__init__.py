"""A fictional trust with three schools: the demo, and the target of the browser tests."""
