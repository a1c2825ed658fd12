"""Template tags of the faces for people."""
