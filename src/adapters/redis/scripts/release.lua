-- Hand the conversation back untouched: a new token, so that a waiting worker is woken at once.
drop_token(TOKEN)
make_ready(CONVERSATION)
