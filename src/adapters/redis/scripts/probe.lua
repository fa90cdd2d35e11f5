-- Does nothing, but as a script that writes: refused where a message could not be stored (full, read-only, disk full).
return 1
