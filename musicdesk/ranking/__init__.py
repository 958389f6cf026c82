"""From scores to a list: columns, filters, diversity, explanations."""
