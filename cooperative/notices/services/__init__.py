"""Changes of notices and of the messages that carry them."""

from cooperative.notices.services.delivering import deliver_next, retry_delivery
from cooperative.notices.services.keeping import forget_person, purge_old
from cooperative.notices.services.notifying import (
    Addressee,
    Message,
    adopt_notices,
    mark_all_read,
    mark_read,
    notify,
    notify_many,
    to_account,
    to_person,
)

__all__ = [
    "Addressee",
    "Message",
    "adopt_notices",
    "deliver_next",
    "forget_person",
    "mark_all_read",
    "mark_read",
    "notify",
    "notify_many",
    "purge_old",
    "retry_delivery",
    "to_account",
    "to_person",
]
