"""The checks of `trunkline doctor`: what is wrong with an installation, and how to fix it.

What a type of channel describes its own checks with is here.
"""

from entrypoints.doctor.channel_checks import ChannelChecks
from entrypoints.doctor.findings import Finding, Status

__all__ = ["ChannelChecks", "Finding", "Status"]
