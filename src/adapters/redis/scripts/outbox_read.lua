-- Read events of the feed.
--
-- KEYS: 1 feed. ARGV: 1 the place after which to read, 2 how many events at most.
-- Returns 1 when events after the place were removed, else 0; then the events as XRANGE gives them.
local FEED, place, most = KEYS[1], ARGV[1], ARGV[2]

local function before(one, other)
  local ms, number = one:match('^(%d+)-(%d+)$')
  local other_ms, other_number = other:match('^(%d+)-(%d+)$')
  if ms ~= other_ms then return tonumber(ms) < tonumber(other_ms) end
  return tonumber(number) < tonumber(other_number)
end

-- The place is the id of an event that once was in the feed.
local first = redis.call('XRANGE', FEED, '-', '+', 'COUNT', 1)[1]
local missed = first and place ~= '0-0' and before(place, first[1])
return {missed and 1 or 0, redis.call('XRANGE', FEED, '(' .. place, '+', 'COUNT', most)}
