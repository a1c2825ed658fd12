"""How schools stand: every school's documents in one table, section by section."""
