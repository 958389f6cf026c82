"""The model zoo: weights are fetched or brought, checked, converted once, kept beside their card, and removed."""
