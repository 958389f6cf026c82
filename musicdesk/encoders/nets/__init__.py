"""The architectures behind the backends, with the names that their published checkpoints use."""
