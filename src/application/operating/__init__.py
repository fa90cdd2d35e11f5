"""What operators and programs do: write first, look up, replay, take over."""
