"""What a diagram may ask of the world, a package a subject."""
