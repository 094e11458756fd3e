"""Letters as people write them to an editorial office, and what a person there would want to become of each."""
