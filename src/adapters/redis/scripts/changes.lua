-- Store what a step has changed beside the turn. Runs after the fence.
--
-- KEYS: the last one is that of the old sessions, where there are some among the changes; those of the transcript and the
--   feed stand before it.

-- Add messages to a rate log, and forget those before `oldest`. `arrivals` are: time, id, time, id, ...
local function record_admitted(log, admitted)
  redis.call('ZADD', log, unpack(admitted.arrivals))
  redis.call('ZREMRANGEBYSCORE', log, '-inf', '(' .. admitted.oldest)
  redis.call('PEXPIRE', log, admitted.keep_ms)
end

changes = changes ~= '' and cjson.decode(changes) or {}
local transcript = changes.transcript or { parts = {}, events = {} }
local function append(entry)
  local TRANSCRIPT, INDEX = KEYS[transcript.key], KEYS[transcript.key + 1]
  append_entry(TRANSCRIPT, INDEX, conversation, transcript.max, transcript.keep_ms, 'entry', entry)
end
for part, entry in pairs(transcript.parts) do
  -- A part that the channel has confirmed by now is in the transcript already.
  if redis.call('HEXISTS', TURN, 'sent:' .. part) == 0 then append(entry) end
end
for _, event in ipairs(transcript.events) do append(event) end
if changes.state then change_state(STATE, changes.state) end
if changes.agent_notes then add_notes(STATE, changes.agent_notes) end
if changes.messages then record_admitted(ADMITTED, changes.messages) end
if changes.notices then record_admitted(NOTICES, changes.notices) end
if changes.forget then add_old_sessions(KEYS[#KEYS], changes.forget) end

-- What the step publishes. A cluster has the feed on another server: nothing is given then.
local feed = changes.feed or { activities = {}, warnings = {} }

-- Publish some of it. A damaged feed must not stop a turn.
local function publish(activities)
  for _, activity in ipairs(activities) do
    redis.pcall('XADD', KEYS[feed.key], 'MAXLEN', '~', feed.length, '*', 'activity', activity)
  end
end
