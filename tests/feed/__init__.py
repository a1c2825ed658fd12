"""Tests of the faces for machines."""
