"""What goes out to contributors: which notice, its words, and who is never answered."""
