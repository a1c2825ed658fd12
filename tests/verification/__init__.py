"""Tests of what verifies the public record."""
