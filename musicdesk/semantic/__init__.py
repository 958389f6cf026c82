"""Words and sound in one space (HTCL, Pan et al., ICMR 2025): texts, pairs, training, search."""
