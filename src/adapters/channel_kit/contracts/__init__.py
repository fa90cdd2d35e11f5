"""What every channel promises, as classes of tests.

The tests of a channel inherit them, also those of a plug-in. They need pytest and Hypothesis, which
`trunkline[testing]` installs; nothing else in Trunkline imports them.
"""
