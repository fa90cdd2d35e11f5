"""What the use cases need from outside, one role in each file."""
