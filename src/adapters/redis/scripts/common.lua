-- Helpers of the mailbox's scripts. KEYS[1..3] of each of them belong to one partition.
--
-- The token hash says of every conversation that has something to do:
--   "<stream id>"    it is ready, or a worker holds it: the id is its entry in the ready stream
--   "debounce:<ms>"  it waits for more messages, until <ms> (unix time) at the latest
--   "delayed"        its turn goes on later: a new message does not make it ready
-- A conversation without an entry has nothing to do. The later set holds when debounced and delayed ones are due.
local READY, TOKENS, LATER = KEYS[1], KEYS[2], KEYS[3]
local GROUP, DEBOUNCE, DELAYED = 'workers', 'debounce:%.0f', 'delayed'

-- The store's clock (unix ms). It stands still while a script runs.
local time_ms
local function now_ms()
  if not time_ms then
    local time = redis.call('TIME')
    time_ms = time[1] * 1000 + math.floor(time[2] / 1000)
  end
  return time_ms
end

-- Make a conversation ready that is not in the later set. Returns its token.
local function queue(conversation)
  local token = redis.call('XADD', READY, '*', 'conversation', conversation)
  redis.call('HSET', TOKENS, conversation, token)
  return token
end

local function make_ready(conversation)
  redis.call('ZREM', LATER, conversation)
  return queue(conversation)
end

-- Until when a debounced conversation waits at the latest; nil for every other.
local function debounce_limit(token)
  return token:match('^debounce:(.*)$')
end

-- Make a conversation ready unless it is ready, held or delayed.
local function wake(conversation)
  local token = redis.call('HGET', TOKENS, conversation)
  if not token or debounce_limit(token) then make_ready(conversation) end
end

local function drop_token(token)
  redis.call('XACK', READY, GROUP, token)
  redis.call('XDEL', READY, token)
end

-- The fence. The store says who was handed this token last, and how often it was handed over. The number alone would
-- do, but a store that lost its last second counts from one again.
local function holds(conversation, token, worker, delivery)
  if redis.call('HGET', TOKENS, conversation) ~= token then return false end
  local pending = redis.call('XPENDING', READY, GROUP, token, token, 1)[1]
  return pending ~= nil and pending[2] == worker and pending[4] == tonumber(delivery)
end

-- Record that a part was sent. The failures of the next part are counted afresh.
local function record_part(turn, part, message_id)
  redis.call('HSET', turn, 'sent:' .. part, message_id)
  redis.call('HDEL', turn, 'attempts', 'confirmation_waits', 'unconfirmed_attempts', 'error')
end
