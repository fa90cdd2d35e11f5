-- Append activities to the feed, in their order.
--
-- KEYS: 1 feed. ARGV: 1 about how many activities it keeps; then the activities (JSON).
local FEED, length = KEYS[1], ARGV[1]

for at = 2, #ARGV do
  redis.call('XADD', FEED, 'MAXLEN', '~', length, '*', 'activity', ARGV[at])
end
