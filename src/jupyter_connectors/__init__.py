"""Connect business systems to a notebook."""
