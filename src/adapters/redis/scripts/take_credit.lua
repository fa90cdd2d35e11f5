-- Take messages from the credit of a person or a number: the generic cell rate algorithm.
-- Credit for one message is enough to take several; the next one waits longer then.
--
-- KEYS: 1 credit: a hash of `full_at`, when all credit is there again, and `blocked_until`, before which there is none.
-- ARGV: 1 us per message (0: no limit), 2 how many messages may go at once, 3 how many messages to take.
-- Returns 0, or for how many us there is no credit; then nothing is taken.
local CREDIT, interval, burst, messages = KEYS[1], tonumber(ARGV[1]), ARGV[2], ARGV[3]

local now, credit = now_us(), redis.call('HMGET', CREDIT, 'full_at', 'blocked_until')
local wait = math.max(0, number(credit[2]) - now)
if interval == 0 then return wait end
local full_at = math.max(now, number(credit[1]))
wait = math.max(wait, full_at - now - interval * (burst - 1))
if wait > 0 then return wait end
full_at = full_at + interval * messages
redis.call('HSET', CREDIT, 'full_at', full_at)
redis.call('PEXPIREAT', CREDIT, math.ceil(full_at / 1000))
return 0
