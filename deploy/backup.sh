#!/bin/sh
# One backup of a deployment into a folder of its own under BACKUPS: records.dump (the history of runs), home.tar.gz
# (tables, products, last results, what offices brought) and the SHA256SUMS of both. The folder has its final name only
# when it is whole and its dump can be read. The newest KEEP are kept. The database is named as libpq takes it (PGHOST,
# PGUSER, PGPASSWORD, PGDATABASE), so that no password stands in a command.
#   BACKUPS=/backups HOME_FOLDER=/srv/onramp sh backup.sh [--every SECONDS]
set -eu
umask 077
: "${PGDATABASE:?names the database}" "${BACKUPS:?names the folder of backups}"
: "${HOME_FOLDER:?names the home folder of the deployment}"
KEEP=${KEEP:-14}
# The downloads can be had again, but for sources that were withdrawn: WITH_CACHE=yes keeps them too.
LEFT_OUT=./cache
[ "${WITH_CACHE:-no}" = no ] || LEFT_OUT=./.shared

back_up() {
  at=$(date -u +%Y-%m-%dT%H%M%SZ)
  while [ -e "$BACKUPS/$at" ]; do
    sleep 1
    at=$(date -u +%Y-%m-%dT%H%M%SZ)
  done
  part=$BACKUPS/.$at.part
  # What an earlier one left when it was ended is nobody's.
  rm -rf "$BACKUPS"/.*.part
  mkdir "$part" || return 1
  # A dump is one look at everything, so runs may go on; the home folder is copied after it.
  pg_dump --format=custom --no-owner --no-privileges --file="$part/records.dump" || return 1
  pg_restore --list "$part/records.dump" >/dev/null || return 1
  # 1 says that a file changed meanwhile; files are replaced whole, so the archive has the old or the new one.
  tar --create --gzip --file="$part/home.tar.gz" --directory="$HOME_FOLDER" --no-wildcards-match-slash \
    --exclude=./.shared --exclude="$LEFT_OUT" --exclude='.*.part' . || [ $? -eq 1 ] || return 1
  (cd "$part" && sha256sum records.dump home.tar.gz >SHA256SUMS && sync ./*) || return 1
  mv "$part" "$BACKUPS/$at" || return 1
  echo "Backed up to $at: $(du -sh "$BACKUPS/$at" | cut -f 1)."
  find "$BACKUPS" -maxdepth 1 -type d -name '[12]???-??-??T??????Z' | sort -r | tail -n "+$((KEEP + 1))" |
    while read -r old; do rm -rf "${old:?}"; done
}

if [ "${1:-}" != --every ]; then back_up; exit; fi
while :; do
  recent=$(find "$BACKUPS" -maxdepth 1 -name '2*Z' -newermt "-$2 seconds" | head -n 1)
  [ -n "$recent" ] || back_up || echo "No backup was made; it is tried again in ten minutes." >&2
  sleep 600
done
