"""In-memory twins of the edges and builders of model objects, for tests and for trying things out."""
