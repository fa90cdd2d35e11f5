-- Helpers for transcripts: a stream of each conversation, and an index of the conversations by when something was last
-- said (ms). Nothing fails because an entry cannot be kept, for example when somebody damaged the key.

-- Of one partition. Beyond that, those are dropped in which nothing was said for the longest time.
local MAX_LISTED = 100000
-- Lua passes at most some thousands of arguments at once.
local MAX_AT_ONCE = 2000

-- Whether this script has renewed the expiry of a transcript.
local is_renewed = false

-- Add an entry, and forget the oldest ones: those beyond `max`, and those that are older than `keep_ms`. Most entries come
-- soon after others. So a transcript is cleared of old entries, and its expiry is renewed, only when a hundredth of its time
-- is over, or when it has another time.
local function add_entry(transcript, max, keep_ms, ...)
  redis.pcall('XADD', transcript, 'MAXLEN', max, '*', ...)
  local left = redis.call('PTTL', transcript) / keep_ms
  if left < 0.99 or left > 1 then
    is_renewed = true
    redis.pcall('XTRIM', transcript, 'MINID', ('%.0f'):format(now_ms() - keep_ms))
    redis.call('PEXPIRE', transcript, keep_ms)
  end
end

-- Say in the index when something was said: `said` has times and names of conversations in turn. The index is kept as long
-- as the last of its transcripts.
local function list_said(index, keep_ms, said)
  local added = 0
  for first = 1, #said, MAX_AT_ONCE do
    local listed = redis.pcall('ZADD', index, unpack(said, first, math.min(first + MAX_AT_ONCE - 1, #said)))
    added = added + (tonumber(listed) or 0)
  end
  if added > 0 then
    redis.call('ZREMRANGEBYSCORE', index, '-inf', now_ms() - keep_ms)
    redis.call('ZREMRANGEBYRANK', index, 0, -1 - MAX_LISTED)
  end
  if added > 0 or is_renewed then redis.call('PEXPIRE', index, keep_ms) end
end

local function append_entry(transcript, index, conversation, max, keep_ms, ...)
  add_entry(transcript, max, keep_ms, ...)
  list_said(index, keep_ms, { now_ms(), conversation })
end
