"""The JSON-RPC error codes with which our transports answer where a server's own reply cannot be passed on."""

from __future__ import annotations

CLOSED = -32000
"""The connection or its session is gone. The SDK's own code for it."""

REQUEST_TIMEOUT = -32001
"""No answer came in time. The SDK's own code for it."""

HTTP_STATUS = -32097
"""The server answered with an HTTP error; `data` holds the number. From the range left to implementations."""

REPLY_REJECTED = -32098
"""The reply is too large, packed or unreadable. From the range left to implementations."""

OURS = -32096
"""An error of ours came instead of a reply; `data` is the random id it is kept under. From the same range."""
