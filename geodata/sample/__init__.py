"""A fictional state, written in publishers' formats, so that everything can be tried without any real file.

`write_sample` writes the state, `write_nation` a nation of such states; `synthetic_nation` makes tables of
a nation in memory. Does not hold parsers: the sample passes through those of `geodata.sources`.
"""

from geodata.sample.nation import Nation, synthetic_nation
from geodata.sample.work import SampleWork
from geodata.sample.write import write_nation, write_sample

__all__ = ["Nation", "SampleWork", "synthetic_nation", "write_nation", "write_sample"]
