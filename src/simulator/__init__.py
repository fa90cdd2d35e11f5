"""Meta and the person's phone, played over real HTTP, for a machine without an account.

An independent program: it speaks Meta's wire format from Meta's own description and knows nothing of the
service it calls, so whoever passes its checks has been checked by a second pair of eyes.
"""
