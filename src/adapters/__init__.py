"""The technology behind the ports: each package uses one of them, and imports no other adapter."""
