"""What was agreed on and committed, to compare with what the code says now."""
