-- What the message KEYS[1] says.
return redis.call('GET', KEYS[1])
