"""Suggestions beside the text."""
