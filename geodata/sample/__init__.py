"""A fictional state, written in publishers' formats, so that everything can be tried without any real file.

`write_sample` writes the state; `write_nation` a nation of such states.
Does not hold parsers: the sample passes through those of `geodata.sources` like any real file.
"""

from geodata.sample.write import write_nation, write_sample

__all__ = ["write_nation", "write_sample"]
