"""Tests of the school office's desk."""
