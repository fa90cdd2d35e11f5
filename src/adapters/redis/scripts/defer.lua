-- Go on with the turn in ARGV[5] ms.
go_on_in(ARGV[5])
