"""How it is done: one package a technology. Adapters do not know each other."""
