"""The school office's desk."""
