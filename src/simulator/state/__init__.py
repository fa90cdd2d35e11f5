"""What the simulator keeps: people, phones, messages, files, and the faults it was asked for."""
