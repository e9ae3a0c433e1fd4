"""The policy: what may be connected and called, who says so, and where it is written."""
