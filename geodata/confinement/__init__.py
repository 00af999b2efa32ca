"""Reading what others wrote in a process of its own: no secrets, no network, few files, bounded time and memory.

Holds the process and its walls; knows no format and no source. What is read there: `geodata.sources.reader`.
"""
