"""Sound to vectors: one protocol, a registry, pooling, the model zoo, one file a backend."""
