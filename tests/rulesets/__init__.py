"""Tests of the rulesets: the data and its loader."""
