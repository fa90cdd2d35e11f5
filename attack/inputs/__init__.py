"""What is thrown at the service, drawn from a seed: the same seed gives the same inputs."""
