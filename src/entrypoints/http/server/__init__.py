"""The web server: connections, their protocol and their bounds."""
