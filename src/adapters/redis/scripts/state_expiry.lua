-- Keep a state for so many ms; for good while the person takes no marketing, because their refusal would be forgotten
-- with it. `stopped` and `resumed` are its fields `marketing_stopped_at` and `marketing_resumed_at`.
local function keep_state(state, ms, stopped, resumed)
  stopped, resumed = tonumber(stopped or ''), tonumber(resumed or '')
  if stopped and (not resumed or resumed <= stopped) then
    redis.call('PERSIST', state)
  else
    redis.call('PEXPIRE', state, ms)
  end
end
