-- Store the messages of one webhook that belong to this partition, all or none.
--
-- KEYS[4] is the arrival counter. ARGV[1] is when this generation of digests may be forgotten (unix ms), ARGV[2] how many
-- messages of a conversation may wait. Then, for each message, KEYS: mail, digest set of this generation, of the one
-- before, of the one before that, of the next (another process' clock may be ahead); ARGV: conversation, digest, channel
-- timestamp (ms), quiet ms, cap ms, payload.
-- Answers 1 for each message that is new, 0 for one that is known, 2 for one that is left out.
local function seen(at, digest)
  for offset = 1, 4 do
    if redis.call('SISMEMBER', KEYS[at + offset], digest) == 1 then return true end
  end
end

local function wait_for_more(conversation, quiet, cap)
  local token = redis.call('HGET', TOKENS, conversation)
  local now = now_ms()
  if not token then
    token = string.format('D%.0f', now + cap)
    redis.call('HSET', TOKENS, conversation, token)
  end
  if token:sub(1, 1) == 'D' then
    redis.call('ZADD', LATER, math.min(now + quiet, tonumber(token:sub(2)) or now), conversation)
  end
end

-- A counter that is damaged goes on from the clock, which is ahead of every count.
local function next_arrival()
  local arrival = redis.pcall('INCR', KEYS[4])
  if type(arrival) == 'number' then return arrival end
  arrival = now_ms()
  redis.call('SET', KEYS[4], arrival)
  return arrival
end

local function store(at, conversation, timestamp, quiet, cap, payload)
  local arrival = next_arrival()
  local member = string.format('%013x|%.0f|%.0f|%.0f|%s', arrival, now_ms(), quiet, cap, payload)
  redis.call('ZADD', KEYS[at], timestamp, member)
  if quiet == '0' then wake(conversation) else wait_for_more(conversation, quiet, cap) end
end

local answers = {}
for message = 0, (#KEYS - 4) / 5 - 1 do
  local at, arg = 5 + message * 5, 3 + message * 6
  local digest = ARGV[arg + 1]
  if seen(at, digest) then
    answers[#answers + 1] = 0
  elseif redis.call('ZCARD', KEYS[at]) >= tonumber(ARGV[2]) then
    answers[#answers + 1] = 2
  else
    -- Known only once it is stored: what could not be is delivered again.
    store(at, ARGV[arg], ARGV[arg + 2], ARGV[arg + 3], ARGV[arg + 4], ARGV[arg + 5])
    redis.call('SADD', KEYS[at + 1], digest)
    redis.call('PEXPIREAT', KEYS[at + 1], ARGV[1])
    answers[#answers + 1] = 1
  end
end
return answers
