-- Prolong the leases of the worker ARGV[1]; never steal one. ARGV then holds conversation, token and delivery number
-- of each claim. Answers the positions (from 0) of those that no longer hold.
local lost = {}
for at = 2, #ARGV, 3 do
  if holds(ARGV[at], ARGV[at + 1], ARGV[1], ARGV[at + 2]) then
    redis.call('XCLAIM', READY, GROUP, ARGV[1], 0, ARGV[at + 1], 'JUSTID')
  else
    lost[#lost + 1] = (at - 2) / 3
  end
end
return lost
