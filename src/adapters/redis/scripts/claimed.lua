-- Runs before each script that acts for a claim. When the claim no longer holds, the script fails and changes nothing.
-- Otherwise it first stores what the step has changed beside the turn.
--
-- KEYS: 4 dead letters of the partition, 5 waiting messages, 6 turn under way, 7 priority turns: those that go before
--   the messages, 8 state of the conversation, 9 and 10 its rate log: admitted messages, notices. The last key is that
--   of the old sessions, where there are some among the changes; those of the transcript and the feed stand before it.
-- ARGV: 1 conversation, 2 token, 3 worker, 4 delivery number, 5 changes (JSON), empty when there are none.
local DEAD_LETTERS, MAIL, TURN, PRIORITY, STATE, ADMITTED, NOTICES = unpack(KEYS, 4, 10)
local conversation, token, worker, delivery, changes = unpack(ARGV, 1, 5)

if not holds(conversation, token, worker, delivery) then return redis.error_reply('LEASELOST') end

-- Add messages to a rate log, and forget those before `oldest`. `arrivals` are: time, id, time, id, ...
local function record_admitted(log, admitted)
  for at = 1, #admitted.arrivals, 2 do
    redis.call('ZADD', log, admitted.arrivals[at], admitted.arrivals[at + 1])
  end
  redis.call('ZREMRANGEBYSCORE', log, '-inf', '(' .. admitted.oldest)
  redis.call('PEXPIRE', log, admitted.keep_ms)
end

if changes ~= '' then
  changes = cjson.decode(changes)
  local transcript = changes.transcript
  local function append(entry)
    local TRANSCRIPT, INDEX = KEYS[transcript.key], KEYS[transcript.key + 1]
    append_entry(TRANSCRIPT, INDEX, conversation, transcript.max, transcript.keep_ms, 'entry', entry)
  end
  for part, message_id in pairs(changes.sent or {}) do
    -- A part that the channel has confirmed by now is in the transcript already.
    local is_new = redis.call('HEXISTS', TURN, 'sent:' .. part) == 0
    if is_new and transcript and transcript.parts[part] then append(transcript.parts[part]) end
    record_part(TURN, part, message_id)
  end
  for _, event in ipairs(transcript and transcript.events or {}) do append(event) end
  if changes.agent then redis.call('HSET', TURN, 'agent', changes.agent) end
  if changes.state then change_state(STATE, changes.state) end
  if changes.agent_notes then add_notes(STATE, changes.agent_notes) end
  if changes.messages then record_admitted(ADMITTED, changes.messages) end
  if changes.trace then redis.call('HSET', TURN, 'trace', changes.trace) end
  if changes.notices then record_admitted(NOTICES, changes.notices) end
  if changes.forget then add_old_sessions(KEYS[#KEYS], changes.forget) end
end

-- What the step publishes. A cluster has the feed on another server: nothing is given then.
local feed = changes ~= '' and changes.feed or { activities = {}, warnings = {} }

-- Publish some of it. A damaged feed must not stop a turn.
local function publish(activities)
  for _, activity in ipairs(activities) do
    redis.pcall('XADD', KEYS[feed.key], 'MAXLEN', '~', feed.length, '*', 'activity', activity)
  end
end

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
