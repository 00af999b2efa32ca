"""What the tests of ingest share with those of fetching: specs whose publisher is a server on loopback."""

from tests.geodata.fetching.conftest import specs

__all__ = ["specs"]
