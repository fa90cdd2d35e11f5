-- Copy some entries of a stream, and at the end let the copy take its place. An entry that was deleted stays in memory,
-- and in the store's files, as long as entries beside it stay. A copy has nothing of it.
--
-- KEYS: 1 stream, 2 its copy. ARGV: 1 the id of the last entry that was copied, "-" at first; 2 how many at most.
-- Returns the id of the last entry that was copied; nothing when the copy took the place of the stream; "-" when the
-- copy must begin again, because other entries were deleted meanwhile.
local STREAM, COPY, last, most = KEYS[1], KEYS[2], ARGV[1], ARGV[2]

if last == '-' then redis.call('DEL', COPY) end
local entries = redis.call('XRANGE', STREAM, last == '-' and '-' or '(' .. last, '+', 'COUNT', most)
for _, entry in ipairs(entries) do
  redis.call('XADD', COPY, entry[1], unpack(entry[2]))
  last = entry[1]
end
if #entries == tonumber(most) then return last end
local first = redis.call('XRANGE', STREAM, '-', '+', 'COUNT', 1)[1]
if not first then
  redis.call('DEL', STREAM, COPY)
  return false
end
redis.call('XTRIM', COPY, 'MINID', first[1])
if redis.call('XLEN', COPY) ~= redis.call('XLEN', STREAM) then return '-' end
redis.call('RENAME', COPY, STREAM)
