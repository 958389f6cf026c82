"""What is on the disk: walk, tags, identity, changes."""
