"""What all idempotency keys promise."""

from application.ports.idempotency_keys import IdempotencyKeys


class IdempotencyKeysContract:
    """Inherit, and provide the fixture `keys_of_callers`."""

    async def test_a_key_stands_for_its_first_request(self, keys_of_callers: IdempotencyKeys) -> None:
        """Also when it is asked again. Another request with the same key is noticed, and does not replace the first."""
        asked = [
            await keys_of_callers.claim(channel="whatsapp", key="order-1", request=request)
            for request in ("a", "a", "b", "a")
        ]

        assert asked == [True, True, False, True]

    async def test_each_channel_has_its_own_keys(self, keys_of_callers: IdempotencyKeys) -> None:
        """Whatever a caller writes into a key."""
        names = [("whatsapp", "order-1"), ("whatsapp", "order-2"), ("sales", "order-1"), ("whatsapp", "{x}:\u00e9 ")]

        asked = [
            await keys_of_callers.claim(channel=channel, key=key, request=f"{channel} {key}") for channel, key in names
        ]

        assert asked == [True] * 4

    async def test_a_key_is_looked_up_without_being_taken(self, keys_of_callers: IdempotencyKeys) -> None:
        """A lookup returns the request of the key, or nothing, and does not claim the key."""
        before = await keys_of_callers.request(channel="whatsapp", key="order-1")
        taken = await keys_of_callers.claim(channel="whatsapp", key="order-1", request="a")

        assert (before, taken) == (None, True)
        assert await keys_of_callers.request(channel="whatsapp", key="order-1") == "a"
        assert await keys_of_callers.request(channel="sales", key="order-1") is None
