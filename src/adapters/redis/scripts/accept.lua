-- Store the messages of one webhook that belong to this partition: all of them, or none.
--
-- KEYS: 4 counter of arrivals, 5 index of conversations; then for each message: waiting messages of its conversation, its
--   state, its transcript, four sets of known ids; then, on a single server, the activity feed and the records of people's names.
-- ARGV: 1 when the present set of ids may be forgotten (unix ms), 2 how many messages of a conversation may wait, 3
--   how long states are kept (ms; 0: when a person last wrote is not recorded), 4 about how many activities the
--   feed keeps, 5 how long records of names are kept (ms), 6 how many entries a transcript keeps (0: none), 7 for how
--   long (ms), 8 how many messages there are; then for each message:
--   conversation, digest of its id, the channel's time (s), its sequence (16 digits), debounce and its limit (ms), its
--   role (see `begin.lua`), message (JSON), activity (JSON; ignored without a feed), names of the person (JSON), the
--   message as the transcript keeps it (empty: as it is); then for each person to verify: how many names, and four
--   arguments for each name (see `verify_names`).
-- Returns for each message 1: it is new, 0: it is known, 2: it is left out. Returns nothing, and changes nothing, when a
-- person is not who they are assumed to be.
local ARRIVALS, forget_at_ms, max_waiting, state_ms = KEYS[4], ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3])
local feed_length, record_ms, max_entries, entry_ms, count = unpack(ARGV, 4, 8)
local INDEX, FEED = KEYS[5], KEYS[6 + 7 * count]
local KNOWN, NEW, LEFT_OUT = 0, 1, 2
local now = now_ms()

-- Call a function for each person's names: how many, and the positions of their first key and argument.
local function for_each_person(act)
  local key, argument = 7 + 7 * count, 9 + 11 * count
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

-- What is read of a conversation before anything is stored: its token, how many of its messages wait, and when its person
-- last wrote. A damaged state fails here, so that the webhook is stored whole or not at all.
local conversations = {}
local function read_conversation(name, mail, state)
  local token = redis.call('HGET', TOKENS, name)
  conversations[name] = {
    token = token,
    waiting = token and redis.call('ZCARD', mail) or 0, -- without a token, nothing waits
    heard_at = last_heard(state),
  }
  return conversations[name]
end

local answers, new_digests, new_count = {}, {}, 0
for number = 1, count do
  local mail, state = unpack(KEYS, 7 * number - 1, 7 * number)
  local name, digest = ARGV[11 * number - 2], ARGV[11 * number - 1]
  if new_digests[digest] or is_known(7 * number + 2, digest) then
    answers[number] = KNOWN
  else
    local conversation = conversations[name] or read_conversation(name, mail, state)
    if conversation.waiting >= max_waiting then
      answers[number] = LEFT_OUT
    else
      answers[number], new_digests[digest], new_count = NEW, true, new_count + 1
      conversation.waiting = conversation.waiting + 1
    end
  end
end

for_each_person(function(names, key, argument) keep_names(names, key, argument, new_people[key], record_ms) end)

local function wait_for_more(name, conversation, quiet_ms, cap_ms)
  if not conversation.token then
    conversation.token = DEBOUNCE:format(now + cap_ms)
    redis.call('HSET', TOKENS, name, conversation.token)
  end
  local limit = debounce_limit(conversation.token)
  if limit then redis.call('ZADD', LATER, math.min(now + quiet_ms, tonumber(limit) or now), name) end
end

-- How many messages arrived before. A damaged counter goes on from the clock, which is ahead of every count.
local function count_arrivals()
  local counted = redis.pcall('INCRBY', ARRIVALS, new_count)
  if type(counted) == 'number' then return counted - new_count end
  redis.call('SET', ARRIVALS, now + new_count)
  return now
end

-- Messages of the same time sort by their text, so sequence and arrival come first in it and have a fixed length.
local RECORD = '{"sequence":"%s","arrival":"%013x","arrived_ms":%s,"quiet_ms":%s,"cap_ms":%s,"role":"%s","message":%s}'
local arrived_ms, arrival, said = ('%.0f'):format(now), new_count > 0 and count_arrivals(), {}

for number = 1, count do
  if answers[number] ~= KNOWN then
    local mail, state, transcript = unpack(KEYS, 7 * number - 1, 7 * number + 1)
    local name, digest, sent_at, sequence, quiet_ms, cap_ms, role, message, activity, names, shortened =
      unpack(ARGV, 11 * number - 2, 11 * number + 8)
    local conversation, sent = conversations[name], tonumber(sent_at)
    if state_ms > 0 and sent > conversation.heard_at then
      record_heard(state, conversation.heard_at, sent_at, names, state_ms)
      conversation.heard_at = sent
    end
    if answers[number] == NEW then
      arrival = arrival + 1
      local record = RECORD:format(sequence, arrival, arrived_ms, quiet_ms, cap_ms, role, message)
      redis.call('ZADD', mail, sent * 1000, record)
      if quiet_ms ~= '0' then
        wait_for_more(name, conversation, quiet_ms, cap_ms)
      elseif not conversation.token then
        conversation.token = queue(name)
      elseif debounce_limit(conversation.token) then
        conversation.token = make_ready(name)
      end
      -- What is published may be lost. A damaged feed must not keep messages out.
      local _ = FEED and redis.pcall('XADD', FEED, 'MAXLEN', '~', feed_length, '*', 'activity', activity)
      if max_entries ~= '0' then
        add_entry(transcript, max_entries, entry_ms, 'in', shortened ~= '' and shortened or message)
        said[#said + 1], said[#said + 2] = arrived_ms, name
      end
      -- Last: the channel delivers again what could not be stored, and it must not be known then.
      make_known(7 * number + 2, digest, forget_at_ms)
    end
  end
end
list_said(INDEX, entry_ms, said)
return answers
