"""Getting publishers' files: over the network, from the cache, or from a folder, always with where they came from.

Holds the one HTTP client, the content-addressed cache, the acquirers and the few protocols that need more than
one request (paged feature services, the Census Data API, the batch geocoder). Does not hold parsers: what is
inside a file is the business of `geodata.sources`.
"""
