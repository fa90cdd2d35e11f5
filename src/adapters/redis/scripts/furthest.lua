-- How far the message KEYS[1] has come, as far as it was told.
return tonumber(redis.call('GET', KEYS[1]) or 0) or 0
