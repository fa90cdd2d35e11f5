-- Take messages from the credit of a person and an account: the generic cell rate algorithm, with a line before the
-- account's. Who has to wait for the account gets a slot while it is near, else a place in the line. Places follow each
-- other as fast as the account may send. Who comes back at its place or later gets a slot: one that comes too late moves
-- nobody, and all send as the credit allows. Example: 80/s, 5,000 turns ask at once. The first 160 get slots, the
-- others places up to a minute ahead; each comes back once.
-- Credit for one message is enough to take several; the next one waits longer then.
--
-- KEYS: 1 credit of the person, 2 credit of the account.
-- ARGV: 1 turn, 2 us per message to the person (0: no limit), 3 how many may go at once, 4 and 5 the same of the account,
--   6 how many messages to take from the account, 7 for how many a place has room, 8 how far slots are given ahead (us),
--   9 how long a slot is kept for who comes too late (us), 10 how long a place is, 11 "1": take nothing, only see
--   whether there is a line.
-- Returns for how many us to wait, and for how many us the line is.
local PERSON, ACCOUNT, turn = KEYS[1], KEYS[2], ARGV[1]
local person_interval, person_burst, interval, burst = unpack(ARGV, 2, 5)
local messages, room, slots_ahead, slot_kept, place_kept, only_line = unpack(ARGV, 6, 11)
person_interval, interval, slots_ahead = tonumber(person_interval), tonumber(interval), tonumber(slots_ahead)

local now = now_us()
local person = redis.call('HMGET', PERSON, 'full_at', 'blocked_until', 'turn', 'place_at', 'slot_at')
local credit = redis.call('HMGET', ACCOUNT, 'full_at', 'blocked_until', 'line_until')
local person_full_at, full_at = math.max(now, number(person[1])), math.max(now, number(credit[1]))
local blocked_until, line_until = number(credit[2]), interval > 0 and number(credit[3]) or 0
local is_known = person[3] == turn
local place_at, slot_at = is_known and number(person[4]) or 0, is_known and number(person[5]) or 0

if slot_at > 0 and now - slot_at > tonumber(slot_kept) then place_at, slot_at = slot_at, 0 end

local function wait_until(time)
  return {math.max(0, time - now), math.max(0, line_until - now)}
end

local function next_at(full, blocked, each, at_once)
  return math.max(now, blocked, each > 0 and full - each * (at_once - 1) or 0)
end

-- Without a limit, nothing is counted.
local function spend(credit, full, duration)
  if duration == 0 then return end
  redis.call('HSET', credit, 'full_at', full + duration)
  keep_until(credit, full + duration)
end

if only_line ~= '1' then
  local person_at = next_at(person_full_at, number(person[2]), person_interval, person_burst)
  if person_at > now then return wait_until(person_at) end
end

local account_at = next_at(full_at, blocked_until, interval, burst)
if slot_at == 0 and place_at == 0 and (line_until > now or account_at - now > slots_ahead) then
  place_at = math.max(line_until, account_at)
  line_until = place_at + interval * room
  redis.call('HSET', PERSON, 'turn', turn, 'place_at', place_at, 'slot_at', 0)
  redis.call('HSET', ACCOUNT, 'line_until', line_until)
  keep_until(PERSON, place_at + place_kept)
  keep_until(ACCOUNT, line_until)
end
if place_at > now or only_line == '1' then return wait_until(place_at) end

if slot_at == 0 then
  slot_at = account_at
  spend(ACCOUNT, math.max(full_at, blocked_until), interval * messages)
end
slot_at = math.max(slot_at, blocked_until)
if slot_at > now then
  redis.call('HSET', PERSON, 'turn', turn, 'place_at', place_at, 'slot_at', slot_at)
  keep_until(PERSON, slot_at + place_kept)
  return wait_until(slot_at)
end
redis.call('HDEL', PERSON, 'slot_at')
spend(PERSON, person_full_at, person_interval)
return wait_until(now)
