-- Say which conversations have dead letters, without the turns in these.
--
-- KEYS: 1 dead letters of the partition. ARGV: 1 where to begin, 2 how many dead letters to look at.
-- Returns the id of the last one, and the conversation of each; nothing when there are no more.
local DEAD_LETTERS, first, limit = KEYS[1], ARGV[1], ARGV[2]

local letters = redis.call('XRANGE', DEAD_LETTERS, first, '+', 'COUNT', limit)
if #letters == 0 then return false end
local found = {letters[#letters][1]}
for _, letter in ipairs(letters) do
  for at = 1, #letter[2], 2 do
    if letter[2][at] == 'conversation' then found[#found + 1] = letter[2][at + 1] end
  end
end
return found
