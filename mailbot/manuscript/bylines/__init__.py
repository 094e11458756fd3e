"""Who submitted an article and who wrote it (clauses 3a and 3b), out of its lines and what covers it."""
