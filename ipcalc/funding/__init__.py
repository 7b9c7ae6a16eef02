"""Schemes and projects, and what is asked of them."""
