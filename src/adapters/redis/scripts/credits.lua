-- Helpers for the credit of a person or an account. It is a hash:
--   full_at        when all credit is there again
--   blocked_until  before this there is none
-- An account's also has:
--   line_until     until when the places in its line are taken
-- A person's also has, for the turn under way:
--   turn           its id
--   place_at       its place in the account's line: when it comes back
--   slot_at        when its next message goes, which the account's credit has counted already
local function keep_until(credit, time)
  local ms = math.ceil(time / 1000)
  if redis.call('PEXPIRETIME', credit) < ms then redis.call('PEXPIREAT', credit, ms) end
end
