"""What can be connected: the entries we ship and those the person added."""
