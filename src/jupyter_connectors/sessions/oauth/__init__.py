"""Signing in: who gives tokens for a connector, how they are got, kept, renewed and given back."""
