"""Access: how much supply people can reach, per person who competes for it.

`decay` says how fast a place fades with travel time, `measures` holds the access measures over sparse minutes (E2SFCA
and its relatives), `catchment_weights` the reusable matrix behind them, `tract_origins` the step between several
origins of a tract and the tract, `reach` all of them joined to tables. Does not hold travel times
(`geodata.travel`) or pillars and ranks.
"""
