"""What the tables are: columns with kinds and units, the records that go with them, and the result of a state.

`canonical` holds what sources say, `computed` what a run computes, `columns` the name of every column. Does not hold
parsing or arithmetic.
"""
