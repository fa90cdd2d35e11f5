-- Let the alias ARGV[2] lead to ARGV[3], or to a new person where that is empty, if it still leads to ARGV[4]. Answers
-- whom it leads to now.
local former, id = listing()
if id ~= ARGV[4] then return id end
if ARGV[3] ~= '' then
  id = ARGV[3]
elseif former == 0 then
  id = ARGV[2]
else
  id = ARGV[2] .. '~' .. former + 1
end
list(former, id)
return id
