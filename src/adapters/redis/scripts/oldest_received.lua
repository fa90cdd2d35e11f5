-- Find out how long conversations have waited: the oldest message of each is the first of its turn under way, or else
-- the first of its waiting messages. `accept` writes into its record when it was received, before the message itself:
-- {"arrival":"00000000001f6","arrived_ms":1750000000000,"message":{...
--
-- KEYS: of each conversation: waiting messages, turn under way.
-- Returns for each the age of its oldest message (ms), -1 where that is not known.
local time = redis.call('TIME')
local now_ms = time[1] * 1000 + time[2] / 1000

-- One damaged key must not hide how long all others wait.
local function text(reply)
  return type(reply) == 'string' and reply
end

local ages = {}
for at = 1, #KEYS, 2 do
  local mail, turn = KEYS[at], KEYS[at + 1]
  local record = text(redis.pcall('HGET', turn, 'messages')) or text(redis.pcall('ZRANGE', mail, 0, 0)[1]) or ''
  local received_ms = record:match('^%[?{[^{]-"arrived_ms":(%d+)')
  ages[#ages + 1] = received_ms and math.max(0, now_ms - received_ms) or -1
end
return ages
