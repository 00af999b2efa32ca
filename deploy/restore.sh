#!/bin/sh
# Restore one backup of backup.sh into an empty database and an empty home folder; it refuses any other. The database is
# named as libpq takes it, with its owner as PGUSER.
#   HOME_FOLDER=/srv/onramp sh restore.sh /backups/2026-12-01T023000Z
set -eu
: "${PGDATABASE:?names the database}" "${HOME_FOLDER:?names the home folder}"
from=${1:?names the folder of a backup}

refuse() { echo "Nothing restored: $1" >&2; exit 1; }

(cd "$from" && sha256sum --check --quiet SHA256SUMS) || refuse "$from is not what was backed up."
tables=$(psql --no-psqlrc --tuples-only --no-align --command \
  "SELECT count(*) FROM information_schema.tables WHERE table_schema = 'public'")
[ "$tables" = 0 ] || refuse "the database holds $tables tables; name an empty one."
mkdir -p "$HOME_FOLDER"
# A new volume may have these: dagster.yaml is mounted into it.
held=$(find "$HOME_FOLDER" -mindepth 1 ! -path "$HOME_FOLDER/dagster" ! -path "$HOME_FOLDER/dagster/dagster.yaml" \
  ! -name lost+found | head -n 1)
[ -z "$held" ] || refuse "the home folder holds $held; name an empty one."

pg_restore --no-owner --no-privileges --single-transaction --exit-on-error --dbname="$PGDATABASE" "$from/records.dump"
if [ -e "$HOME_FOLDER/dagster/dagster.yaml" ]; then set -- --exclude=./dagster/dagster.yaml; else set --; fi
tar --extract --gzip --no-same-owner --file="$from/home.tar.gz" --directory="$HOME_FOLDER" "$@"
echo "Restored $from. Run roles.sql again if the database is a new one."
