"""Finding people without reading them: blind indexes, and the search that ranks what they give."""
