"""A running service under attack, and whether it stays within its bounds."""
