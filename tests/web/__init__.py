"""Tests of the faces for people."""
