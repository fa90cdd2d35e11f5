"""The simulator over HTTP: Meta's Graph API, the phone, the control of its faults, and the scripted model."""
