-- The state KEYS[1], field by field.
return redis.call('HGETALL', KEYS[1])
