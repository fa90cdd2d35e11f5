"""The error that every port backed by the store may raise."""


class StoreUnavailableError(Exception):
    """The store is away, loading, full or read-only; nothing was changed, or the change may be repeated safely."""
