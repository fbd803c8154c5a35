"""Small corpora with a known structure, and scores for how well it is learned."""
