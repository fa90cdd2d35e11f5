-- Prolong the claims of one worker that still hold.
--
-- ARGV: 1 worker; then for each claim: conversation, token, delivery number.
-- Returns the positions, from 0, of the claims that no longer hold.
local worker = ARGV[1]

local lost = {}
for first = 2, #ARGV, 3 do
  local conversation, token, delivery = unpack(ARGV, first, first + 2)
  if holds(conversation, token, worker, delivery) then
    redis.call('XCLAIM', READY, GROUP, worker, 0, token, 'JUSTID')
  else
    lost[#lost + 1] = (first - 2) / 3
  end
end
return lost
