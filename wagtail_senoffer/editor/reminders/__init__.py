"""Being reminded: what is due, who is told, and that nobody is told twice."""
