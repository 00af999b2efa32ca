#!/bin/sh
# PostgreSQL's image runs this once, while its volume is empty.
exec psql --username "$POSTGRES_USER" --dbname "$POSTGRES_DB" --quiet --no-psqlrc --file=/etc/onramp/roles.sql
