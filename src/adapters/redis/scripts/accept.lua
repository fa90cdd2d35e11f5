-- Store the messages of one webhook that belong to this partition: all of them, or none.
--
-- KEYS: 4 counter of arrivals; then for each message: waiting messages of its conversation, four sets of known ids.
-- ARGV: 1 when the present set of ids may be forgotten (unix ms), 2 how many messages of a conversation may wait; then
--   for each message: conversation, digest of its id, the channel's time, debounce and its limit (ms), message (JSON).
-- Returns for each message 1: it is new, 0: it is known, 2: it is left out.
local ARRIVALS, forget_at_ms, max_waiting = KEYS[4], ARGV[1], tonumber(ARGV[2])

local function wait_for_more(conversation, quiet_ms, cap_ms)
  local token, now = redis.call('HGET', TOKENS, conversation), now_ms()
  if not token then
    token = DEBOUNCE:format(now + cap_ms)
    redis.call('HSET', TOKENS, conversation, token)
  end
  local limit = debounce_limit(token)
  if limit then redis.call('ZADD', LATER, math.min(now + quiet_ms, tonumber(limit) or now), conversation) end
end

-- A damaged counter goes on from the clock, which is ahead of every count.
local function next_arrival()
  local arrival = redis.pcall('INCR', ARRIVALS)
  if type(arrival) == 'number' then return arrival end
  arrival = now_ms()
  redis.call('SET', ARRIVALS, arrival)
  return arrival
end

-- Messages of the same time sort by their text, so the arrival comes first in it and has a fixed length.
local RECORD = '{"arrival":"%013x","arrived_ms":%.0f,"quiet_ms":%.0f,"cap_ms":%.0f,"message":%s}'

local answers = {}
for number = 1, (#KEYS - 4) / 5 do
  local mail, first_set = KEYS[5 * number], 5 * number + 1
  local conversation, digest, sent_ms, quiet_ms, cap_ms, message = unpack(ARGV, 6 * number - 3, 6 * number + 2)
  if is_known(first_set, digest) then
    answers[number] = 0
  elseif redis.call('ZCARD', mail) >= max_waiting then
    answers[number] = 2
  else
    redis.call('ZADD', mail, sent_ms, RECORD:format(next_arrival(), now_ms(), quiet_ms, cap_ms, message))
    if quiet_ms == '0' then wake(conversation) else wait_for_more(conversation, quiet_ms, cap_ms) end
    -- Last: the channel delivers again what could not be stored, and it must not be known then.
    make_known(first_set, digest, forget_at_ms)
    answers[number] = 1
  end
end
return answers
