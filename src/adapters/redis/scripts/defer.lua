-- Go on with the turn later. No failure is counted.
--
-- ARGV: 5 delay in ms.
local delay_ms = ARGV[5]

go_on_in(delay_ms)
