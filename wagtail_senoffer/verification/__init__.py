"""Checks the public record against itself and against the pages, and mends what a crash left."""
