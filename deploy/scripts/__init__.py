"""What an operator runs beside a deployment; standard library and PyYAML only, nothing of it is in the image."""
