-- Store the messages of one webhook that belong to this partition: all of them, or none.
--
-- KEYS: 4 counter of arrivals, 5 index of conversations; then for each message: waiting messages of its conversation, its
--   state, its transcript, four sets of known ids; then, on a single server, the activity feed and the records of people's names.
-- ARGV: 1 when the present set of ids may be forgotten (unix ms), 2 how many messages of a conversation may wait, 3
--   how long states are kept (ms; 0: when a person last wrote is not recorded), 4 about how many activities the
--   feed keeps, 5 how long records of names are kept (ms), 6 how many entries a transcript keeps (0: none), 7 for how
--   long (ms), 8 how many messages there are; then for each message:
--   conversation, digest of its id, the channel's time (ms), its sequence (16 digits), the time (s), debounce and
--   its limit (ms), its role (see `begin.lua`), message (JSON), activity (JSON; ignored without a feed),
--   names of the person (JSON), the message as the transcript keeps it (empty: as it is); then for
--   each person to verify: how many names, and four arguments for each name (see `verify_names`).
-- Returns for each message 1: it is new, 0: it is known, 2: it is left out. Returns nothing, and changes nothing, when a
-- person is not who they are assumed to be.
local ARRIVALS, forget_at_ms, max_waiting, state_ms = KEYS[4], ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3])
local feed_length, record_ms, max_entries, entry_ms, count = unpack(ARGV, 4, 8)
local INDEX, FEED = KEYS[5], KEYS[6 + 7 * count]
local now = now_ms()

-- Call a function for each person's names: how many, and the positions of their first key and argument.
local function for_each_person(act)
  local key, argument = 7 + 7 * count, 9 + 12 * count
  while ARGV[argument] do
    local names = ARGV[argument]
    act(names, key, argument + 1)
    key, argument = key + names, argument + 1 + 4 * names
  end
end

local all_verified, new_people = true, {}
for_each_person(function(names, key, argument)
  local verified, is_new = verify_names(names, key, argument)
  all_verified, new_people[key] = all_verified and verified, is_new
end)
if not all_verified then return false end
for_each_person(function(names, key, argument) keep_names(names, key, argument, new_people[key], record_ms) end)

local function wait_for_more(conversation, token, quiet_ms, cap_ms)
  if not token then
    token = DEBOUNCE:format(now + cap_ms)
    redis.call('HSET', TOKENS, conversation, token)
  end
  local limit = debounce_limit(token)
  if limit then redis.call('ZADD', LATER, math.min(now + quiet_ms, tonumber(limit) or now), conversation) end
end

-- All messages are counted at once. A damaged counter goes on from the clock, which is ahead of every count.
local last_arrival
local function next_arrival()
  if not last_arrival then
    local counted = redis.pcall('INCRBY', ARRIVALS, count)
    if type(counted) ~= 'number' then
      counted = now + count
      redis.call('SET', ARRIVALS, counted)
    end
    last_arrival = counted - count
  end
  last_arrival = last_arrival + 1
  return last_arrival
end

-- Messages of the same time sort by their text, so sequence and arrival come first in it and have a fixed length.
local RECORD = '{"sequence":"%s","arrival":"%013x","arrived_ms":%.0f,"quiet_ms":%.0f,"cap_ms":%.0f,"role":"%s","message":%s}'

local answers = {}
for number = 1, count do
  local mail, state, transcript = unpack(KEYS, 7 * number - 1, 7 * number + 1)
  local first_set = 7 * number + 2
  local conversation, digest, sent_ms, sequence, sent_at, quiet_ms, cap_ms, role, message, activity,
    names, shortened = unpack(ARGV, 12 * number - 3, 12 * number + 8)
  if is_known(first_set, digest) then
    answers[number] = 0
  else
    -- First, because it fails on a damaged state: then the message is not stored.
    if state_ms > 0 then record_heard(state, sent_at, names, state_ms) end
    local token = redis.call('HGET', TOKENS, conversation)
    -- Without a token, nothing of the conversation waits.
    if token and redis.call('ZCARD', mail) >= max_waiting then
      answers[number] = 2
    else
      redis.call('ZADD', mail, sent_ms, RECORD:format(sequence, next_arrival(), now, quiet_ms, cap_ms, role, message))
      if quiet_ms ~= '0' then
        wait_for_more(conversation, token, quiet_ms, cap_ms)
      elseif not token then
        queue(conversation)
      elseif debounce_limit(token) then
        make_ready(conversation)
      end
      -- What is published may be lost. A damaged feed must not keep messages out.
      local _ = FEED and redis.pcall('XADD', FEED, 'MAXLEN', '~', feed_length, '*', 'activity', activity)
      if max_entries ~= '0' then
        local entry = shortened ~= '' and shortened or message
        append_entry(transcript, INDEX, conversation, max_entries, entry_ms, 'in', entry)
      end
      -- Last: the channel delivers again what could not be stored, and it must not be known then.
      make_known(first_set, digest, forget_at_ms)
      answers[number] = 1
    end
  end
end
return answers
