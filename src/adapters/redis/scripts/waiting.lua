-- Find out how long conversations have waited, and how many of their messages wait: those of the turn under way, and
-- those that came since. The oldest message is the first of the turn, or else the first of the others. `accept` writes
-- into its record when it was received, before the message itself:
-- {"arrival":"00000000001f6","arrived_ms":1750000000000,"message":{...
--
-- KEYS: of each conversation: waiting messages, turn under way.
-- Returns for each the age of its oldest message (ms), -1 where that is not known, and the number of its messages.
local time = redis.call('TIME')
local now_ms = time[1] * 1000 + time[2] / 1000

-- One damaged key must not hide how long all others wait.
local function text(reply)
  return type(reply) == 'string' and reply
end

local found = {}
for at = 1, #KEYS, 2 do
  local mail, turn = KEYS[at], KEYS[at + 1]
  local under_way = text(redis.pcall('HGET', turn, 'messages'))
  local record = under_way or text(redis.pcall('ZRANGE', mail, 0, 0)[1]) or ''
  local received_ms = record:match('^%[?{[^{]-"arrived_ms":(%d+)')
  local count = tonumber(redis.pcall('ZCARD', mail)) or 0
  -- In the words of a message, the quotation marks are escaped: \"arrived_ms\":1
  for _ in (under_way or ''):gmatch('"arrived_ms":%d') do count = count + 1 end
  found[#found + 1] = { received_ms and math.max(0, now_ms - received_ms) or -1, count }
end
return found
