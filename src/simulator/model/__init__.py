"""A scripted language model for the agents of `trunkline dev`."""
