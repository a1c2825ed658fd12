"""Faces for people, and the Document behind each of them."""
