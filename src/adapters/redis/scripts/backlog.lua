-- Say what waits in a partition.
--
-- KEYS: 1 ready stream, 2 later set, 3 dead letters. ARGV: 1 how many conversations to name of the first two.
-- Returns how many conversations are ready or held, and the first of them; how many become ready later, and those that
-- are due next; and how many dead letters there are.
local READY, LATER, DEAD_LETTERS = unpack(KEYS)
local limit = ARGV[1]

local ready = redis.call('XRANGE', READY, '-', '+', 'COUNT', limit)
for at, entry in ipairs(ready) do ready[at] = entry[2][2] end
return {
  redis.call('XLEN', READY),
  ready,
  redis.call('ZCARD', LATER),
  redis.call('ZRANGE', LATER, 0, limit - 1),
  redis.call('XLEN', DEAD_LETTERS),
}
