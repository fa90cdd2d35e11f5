-- A message that was taken from the credit KEYS[1] is not sent; its interval was ARGV[1] us.
local due = redis.call('HGET', KEYS[1], 'due')
if due then redis.call('HSET', KEYS[1], 'due', number(due) - ARGV[1]) end
