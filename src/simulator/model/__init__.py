"""A scripted language model that the agents of `trunkline dev` talk to."""
