"""What can be computed from sound without weights: mel front ends and descriptors."""
