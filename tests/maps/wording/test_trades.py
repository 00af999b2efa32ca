from __future__ import annotations

from maps.texts import load_texts
from maps.wording.trades import seats_by_trade, trades_listed, trades_sentence


def test_seats_are_told_by_trade_most_first() -> None:
    cell = "46.0302=28 15.0303=7 46.0303=4 99.9901=2 47.0614=0.2"
    texts = load_texts("en")
    assert trades_listed(cell, texts) == (
        "electrical and power-line work 32, electrical engineering technology 7, CIP 99.99 2"
    )
    assert trades_sentence(cell, load_texts("es")).startswith("Plazas reportadas por oficio: trabajo eléctrico")
    assert trades_sentence(None, texts) == ""


def test_the_map_gets_the_same_trades_without_words() -> None:
    assert seats_by_trade("46.0302=28 15.0303=7 46.0303=4 47.0614=0.2") == [("46.03", 32.0), ("15.03", 7.0)]
    assert seats_by_trade(None) == []
