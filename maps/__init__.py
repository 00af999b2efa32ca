"""What people open: pure functions from tables to pages, maps, lists, briefs and figures; no Dagster."""
