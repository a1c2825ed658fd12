"""Tests, named after promises and findings; the files mirror the modules."""
