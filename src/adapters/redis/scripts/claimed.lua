-- Shared by the scripts that act for a claim: KEYS[4..6] are the conversation's mail, turn and priority keys,
-- ARGV[1..4] its name, the token, the worker and the delivery number. Without the lease they change nothing.
local MAIL, TURN, PRIORITY = KEYS[4], KEYS[5], KEYS[6]
local CONVERSATION, TOKEN = ARGV[1], ARGV[2]

if not holds(CONVERSATION, TOKEN, ARGV[3], ARGV[4]) then return redis.error_reply('LEASELOST') end

-- The token is given back: the conversation queues at the tail, waits for its person to finish writing, or is idle.
local function settle()
  drop_token(TOKEN)
  if redis.call('EXISTS', PRIORITY) == 1 then return make_ready(CONVERSATION) end
  local oldest, newest = redis.call('ZRANGE', MAIL, 0, 0)[1], redis.call('ZRANGE', MAIL, -1, -1)[1]
  if not newest then return redis.call('HDEL', TOKENS, CONVERSATION) end
  local arrived, quiet, cap = newest:match('^%x+|(%d+)|(%d+)|(%d+)|')
  local first = oldest:match('^%x+|(%d+)|')
  -- What is none of ours is not waited with.
  if not (arrived and first) then return make_ready(CONVERSATION) end
  local latest = first + cap
  local due = math.min(arrived + quiet, latest)
  if due <= now_ms() then return make_ready(CONVERSATION) end
  redis.call('HSET', TOKENS, CONVERSATION, string.format('D%.0f', latest))
  redis.call('ZADD', LATER, due, CONVERSATION)
end

-- The token is given back until the turn under way goes on, in so many ms. Nothing of this conversation can overtake it:
-- "B" is not made ready by anything new.
local function go_on_in(ms)
  drop_token(TOKEN)
  redis.call('HSET', TOKENS, CONVERSATION, 'B')
  redis.call('ZADD', LATER, now_ms() + ms, CONVERSATION)
end
