"""A pretend WeCom on loopback that enforces the real rules: for the demo, for tests, and for anyone who wants to try.

It knows nothing of our service. What it answers follows WeCom's documents as far as they are public; where they say
nothing, the comment at that place says what was chosen. `/cgi-bin/…` is the platform, `/sandbox/…` moves the pretend
people, the clock and the faults.
"""
