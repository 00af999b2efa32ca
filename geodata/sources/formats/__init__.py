"""Reading files of a format, whoever published them: text tables, workbooks, layers, zip archives, single values.

Does not hold the meaning of any column (see the modules of `geodata.sources`).
"""
