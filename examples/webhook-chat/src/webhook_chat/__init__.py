"""A company's own chat as a channel of Trunkline. README.md describes the two calls between them."""
