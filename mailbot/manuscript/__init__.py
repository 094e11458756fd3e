"""Files -> `Manuscript`s: formats, pictures, bylines, and the child process that reads strangers' bytes."""
