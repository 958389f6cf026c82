"""The CNN of the paper, trained on labels or taught by another encoder: images, network, course, report."""
