-- From now on the alias leads to ARGV[2].
list((listing()), ARGV[2])
