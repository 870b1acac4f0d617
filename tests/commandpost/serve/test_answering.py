"""What the server bounds before anything reads it."""

import socket
import threading
from pathlib import Path
from typing import Any

import pytest
from websockets.exceptions import ConnectionClosedError
from websockets.sync.client import connect

from commandpost.serve.answering import LONGEST_WISH, server_of
from commandpost.settings import Settings


async def echoing(scope: Any, receive: Any, send: Any) -> None:
    """Say of each message of a stream how long it was."""
    if scope["type"] == "websocket":
        await receive()  # that it is there
        await send({"type": "websocket.accept"})
        while (message := await receive())["type"] == "websocket.receive":
            await send({"type": "websocket.send", "text": str(len(message["text"]))})


def test_a_stream_that_sends_too_much_at_once_is_closed(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        server = server_of(echoing, Settings(data_dir=tmp_path))
        server.config.lifespan = "off"
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        try:
            with connect(f"ws://127.0.0.1:{listening.getsockname()[1]}/live") as stream:
                stream.send("x" * (LONGEST_WISH // 2))
                assert stream.recv() == str(LONGEST_WISH // 2)
                stream.send("x" * (LONGEST_WISH * 2))
                with pytest.raises(ConnectionClosedError, match="1009"):
                    stream.recv()
        finally:
            server.should_exit = True
            thread.join()
