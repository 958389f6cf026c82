"""The taste as named directions of the vector space."""
