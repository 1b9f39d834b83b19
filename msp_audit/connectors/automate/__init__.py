"""ConnectWise Automate: over REST, as exported database tables, or both."""
