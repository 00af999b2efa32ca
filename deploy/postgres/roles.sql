-- Who may do what in the records of runs. The owner alone makes and changes tables (`dagster instance migrate`); web
-- server, daemon and code read and write rows, the backup reads. Run it as the owner, with psql 15 or newer and a
-- password for each role in the environment (ONRAMP_WEB_PASSWORD, …). A password that leaked is changed by running it again.
\set ON_ERROR_STOP on
\getenv web ONRAMP_WEB_PASSWORD
\getenv daemon ONRAMP_DAEMON_PASSWORD
\getenv run ONRAMP_RUN_PASSWORD
\getenv backup ONRAMP_BACKUP_PASSWORD
BEGIN;
-- Neither errors nor statements with passwords go to the server's log.
SET LOCAL log_statement = 'none';
SET LOCAL log_min_error_statement = 'panic';
SELECT format('CREATE ROLE %I LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION', name)
FROM unnest(ARRAY['onramp_web', 'onramp_daemon', 'onramp_run', 'onramp_backup']) AS name
WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = name) \gexec
ALTER ROLE onramp_web PASSWORD :'web';
ALTER ROLE onramp_daemon PASSWORD :'daemon';
ALTER ROLE onramp_run PASSWORD :'run';
ALTER ROLE onramp_backup PASSWORD :'backup';
SELECT format('REVOKE ALL ON DATABASE %I FROM PUBLIC', current_database()) \gexec
SELECT format('GRANT CONNECT ON DATABASE %I TO onramp_web, onramp_daemon, onramp_run, onramp_backup',
  current_database()) \gexec
REVOKE CREATE ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO onramp_web, onramp_daemon, onramp_run, onramp_backup;
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO onramp_web, onramp_daemon, onramp_run;
GRANT USAGE, SELECT, UPDATE ON ALL SEQUENCES IN SCHEMA public TO onramp_web, onramp_daemon, onramp_run;
GRANT SELECT ON ALL TABLES IN SCHEMA public TO onramp_backup;
GRANT SELECT ON ALL SEQUENCES IN SCHEMA public TO onramp_backup;
-- And for tables that a later version makes.
ALTER DEFAULT PRIVILEGES IN SCHEMA public
  GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO onramp_web, onramp_daemon, onramp_run;
ALTER DEFAULT PRIVILEGES IN SCHEMA public
  GRANT USAGE, SELECT, UPDATE ON SEQUENCES TO onramp_web, onramp_daemon, onramp_run;
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT ON TABLES TO onramp_backup;
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT ON SEQUENCES TO onramp_backup;
COMMIT;
