"""Sound to vectors: one protocol, a registry, pooling, one file a backend.

``nets`` holds the architectures, ``zoo`` brings, checks and keeps weights, ``convnet`` trains a network of one's own.
"""
