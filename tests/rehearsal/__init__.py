"""First contact, rehearsed: the product's own command against all publishers on loopback, on good days and bad ones."""
