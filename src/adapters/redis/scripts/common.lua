-- Shared by the scripts of this folder; each runs with these helpers before it.
--
-- KEYS[1..3] are always the ready stream, the token hash and the later set of one partition. The token hash is the
-- truth about every conversation that has something to do: a stream id (ready or leased), "D<ms>" (more may come;
-- wait, at the latest until <ms>) or "B" (waits for its retry). A conversation without an entry has nothing to do.
local READY, TOKENS, LATER = KEYS[1], KEYS[2], KEYS[3]
local GROUP = 'workers'

local function now_ms()
  local time = redis.call('TIME')
  return time[1] * 1000 + math.floor(time[2] / 1000)
end

local function make_ready(conversation)
  redis.call('ZREM', LATER, conversation)
  local token = redis.call('XADD', READY, '*', 'conversation', conversation)
  redis.call('HSET', TOKENS, conversation, token)
end

-- Make a conversation ready unless it is already, or must wait for its retry.
local function wake(conversation)
  local token = redis.call('HGET', TOKENS, conversation)
  if not token or token:sub(1, 1) == 'D' then make_ready(conversation) end
end

local function drop_token(token)
  redis.call('XACK', READY, GROUP, token)
  redis.call('XDEL', READY, token)
end

-- The fence: the store itself says who was handed this token last, and how often it was handed over. The number alone
-- would do, were it not for a store that lost its last second: it counts from one again.
local function holds(conversation, token, worker, delivery)
  if redis.call('HGET', TOKENS, conversation) ~= token then return false end
  local pending = redis.call('XPENDING', READY, GROUP, token, token, 1)[1]
  return pending ~= nil and pending[2] == worker and pending[4] == tonumber(delivery)
end
