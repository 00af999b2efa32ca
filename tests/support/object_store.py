"""An object store on loopback that speaks S3 over HTTP."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

KEYS = {"AWS_ACCESS_KEY_ID": "onramp", "AWS_SECRET_ACCESS_KEY": "s3cret-of-the-store", "AWS_REGION": "us-east-1"}


@contextmanager
def object_store() -> Iterator[str]:
    """Serve an empty store and yield its address."""
    # Imported here: it takes a second that tests of other things need not wait for.
    from moto.server import ThreadedMotoServer

    server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    server.start()
    try:
        yield "http://{}:{}".format(*server.get_host_and_port())
    finally:
        server.stop()
