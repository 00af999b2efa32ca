"""How Onramp is deployed: files for engines and clusters, and the scripts around them."""
