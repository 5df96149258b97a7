from __future__ import annotations

from deliberate.live.sockets import socket
from deliberate.roles import DRAFTER
from polls.statements.pads.socket import PadSocket

socket("pads", role=DRAFTER, application=PadSocket.as_asgi())
