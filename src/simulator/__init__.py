"""Plays Meta, Telegram and the person's phone over real HTTP, so that the service runs without an account.

An independent program: it follows the descriptions of Meta and Telegram, and imports nothing of the service. So it
checks the service independently.

What happens flows upwards through the parts, each of which knows only those before it:

- `state`: people, phones, messages, files, and how the simulator behaves.
- `webhooks`: calls of the business's webhook, in Meta's wire format.
- `graph_api`: what the business sends, checked as Meta checks it.
- `phone`: what people do, and the page of the phone. `model`: a scripted language model.
- `telegram`: a bot's side of Telegram, and what people do there.
- `simulator`: all of these put together. `terminal`: the phone in a terminal.
- `http`: the routes. `serving`: the port.
"""
