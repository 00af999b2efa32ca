"""Which trades seats are in, in words: programs by the first four digits of their CIP code, most seats first."""

from __future__ import annotations

from geodata.schemas.programs import seats_by_program
from maps.texts import Texts
from maps.wording.words import Words


def trades_listed(by_program: object, texts: Texts) -> str:
    """Return the seats of a cell `seats_by_program` by trade (“electrical work 152, vehicles 9”); empty without any.

    What rounds to no seat is left out. A series of programs without a word of its own is called by its code.
    """
    words = Words(texts)
    return ", ".join(f"{_trade(series, texts)} {words.number(n)}" for series, n in seats_by_trade(by_program))


def seats_by_trade(by_program: object) -> list[tuple[str, float]]:
    """Return the series of programs (“46.03”) and their seats of a cell `seats_by_program`, most seats first."""
    seats = dict[str, float]()
    for code, n in seats_by_program(by_program).items():
        seats[code[:5]] = seats.get(code[:5], 0.0) + n
    return sorted(((series, n) for series, n in seats.items() if round(n) > 0), key=lambda part: (-part[1], part[0]))


def trades_sentence(by_program: object, texts: Texts) -> str:
    """Return the sentence that says which trades seats are in; empty where no seats are known by program."""
    listed = trades_listed(by_program, texts)
    return texts("training.trades", trades=listed) if listed else ""


def _trade(series: str, texts: Texts) -> str:
    word = texts.word("codes.trade", series)
    return f"CIP {series}" if word == series else word
