-- Hand the conversation back. It gets a new token, which wakes a waiting worker at once.
drop_token(token)
make_ready(conversation)
