-- Go on with the turn later. No failure is counted.
--
-- ARGV: 6 delay in ms.
local delay_ms = ARGV[6]

go_on_in(delay_ms)
