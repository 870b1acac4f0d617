"""New ids: 26 opaque characters, as on the chat platforms that we stand beside."""

import base64
import secrets
from typing import NewType

UserId = NewType("UserId", str)
TeamId = NewType("TeamId", str)
ChannelId = NewType("ChannelId", str)
PostId = NewType("PostId", str)
IncidentId = NewType("IncidentId", str)
PlaybookId = NewType("PlaybookId", str)
ChecklistId = NewType("ChecklistId", str)
ItemId = NewType("ItemId", str)

LENGTH = 26


def new_id() -> str:
    """Return 26 lower-case letters and digits that carry 128 random bits."""
    return base64.b32encode(secrets.token_bytes(16)).decode("ascii").rstrip("=").lower()


def new_secret() -> str:
    """Return 43 characters that carry 256 random bits, fit for an address or a header."""
    return secrets.token_urlsafe(32)
