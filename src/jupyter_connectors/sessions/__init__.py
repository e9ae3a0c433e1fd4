"""MCP in our words: every failure of a server or a transport becomes one of our errors here, and nowhere else."""
