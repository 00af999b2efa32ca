"""A fictional state, written in publishers' formats, so that everything can be tried without any real file.

`write_sample` writes it. Does not hold parsers: the sample passes through those of `geodata.sources`.
"""

from geodata.sample.sample_work import SampleWork
from geodata.sample.write import write_sample

__all__ = ["SampleWork", "write_sample"]
