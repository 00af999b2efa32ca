"""Numbers, reasons and questions in the words of one language.

Does not hold the texts (see `maps.texts`) or any layout.
"""
