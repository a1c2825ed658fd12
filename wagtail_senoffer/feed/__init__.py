"""Faces for machines: a feed that a local authority can harvest, on published standards."""
