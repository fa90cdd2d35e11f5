-- Helpers for the records of people whose names never changed (see `usual_records` in domain/people/aliases.py).

-- Whether a record leads to this person, and was seen with this user id. An empty one stands for any.
local function is_usual(stored, id, user_id)
  local read, record = pcall(cjson.decode, stored)
  return read and type(record) == 'table' and type(record.id) == 'string' and record.id ~= ''
    and (id == '' or record.id == id) and (user_id == '' or record.user_id == user_id)
end

-- The records of one person's names. `first_key` and `first_argument` are the positions of the first name; each has one
-- key and four arguments: id, user id, "1" where the record may be missing, the record of a new person (may be empty).
-- Returns whether the person is who they are assumed to be, and whether they are new.
local function verify_names(count, first_key, first_argument)
  local is_new, all_usual = true, true
  for number = 0, count - 1 do
    local stored = redis.call('GET', KEYS[first_key + number])
    local id, user_id, may_be_missing = unpack(ARGV, first_argument + 4 * number, first_argument + 4 * number + 2)
    if stored then
      is_new = false
      all_usual = all_usual and is_usual(stored, id, user_id)
    else
      all_usual = all_usual and may_be_missing == '1'
    end
  end
  return is_new or all_usual, is_new
end

-- Store the names of a new person, and keep those of a known person longer when half of their time is over.
local function keep_names(count, first_key, first_argument, is_new, keep_ms)
  for number = 0, count - 1 do
    local key, record = KEYS[first_key + number], ARGV[first_argument + 4 * number + 3]
    if is_new and record ~= '' then
      redis.call('SET', key, record, 'PX', keep_ms)
    elseif not is_new then
      local left_ms = redis.call('PTTL', key)
      if left_ms >= 0 and left_ms < keep_ms / 2 then redis.call('PEXPIRE', key, keep_ms) end
    end
  end
end
