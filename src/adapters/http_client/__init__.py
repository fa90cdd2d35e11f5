"""How we call HTTP services: a transport and a client for httpx that cost little and know what was surely not sent."""
