-- Runs before each script that acts for a claim. When the claim no longer holds, the script fails and changes nothing.
--
-- KEYS: 4 waiting messages, 5 turn under way, 6 priority turns: those that go before the messages.
-- ARGV: 1 conversation, 2 token, 3 worker, 4 delivery number.
local MAIL, TURN, PRIORITY = KEYS[4], KEYS[5], KEYS[6]
local conversation, token, worker, delivery = unpack(ARGV, 1, 4)

if not holds(conversation, token, worker, delivery) then return redis.error_reply('LEASELOST') end

-- When a conversation with waiting messages is due, and until when it waits at the latest. Fails on a damaged message.
local function debounce()
  local oldest = cjson.decode(redis.call('ZRANGE', MAIL, 0, 0)[1])
  local newest = cjson.decode(redis.call('ZRANGE', MAIL, -1, -1)[1])
  local latest = oldest.arrived_ms + newest.cap_ms
  return math.min(newest.arrived_ms + newest.quiet_ms, latest), latest
end

-- Give the token back. The conversation goes to the end of the queue, waits for more messages, or has nothing to do.
local function settle()
  drop_token(token)
  if redis.call('EXISTS', PRIORITY) == 1 then return make_ready(conversation) end
  if redis.call('EXISTS', MAIL) == 0 then return redis.call('HDEL', TOKENS, conversation) end
  local readable, due, latest = pcall(debounce)
  if not (readable and due > now_ms()) then return make_ready(conversation) end
  redis.call('HSET', TOKENS, conversation, DEBOUNCE:format(latest))
  redis.call('ZADD', LATER, due, conversation)
end

-- Give the token back until the turn goes on in so many ms. No new message overtakes it.
local function go_on_in(ms)
  drop_token(token)
  redis.call('HSET', TOKENS, conversation, DELAYED)
  redis.call('ZADD', LATER, now_ms() + ms, conversation)
end
