#!/bin/sh
# Creates Temporal's two databases and brings their schemas up to date; run again, it does only what is missing. At an upgrade of the
# server it has to run first. SQL_HOST, SQL_PORT, SQL_USER and SQL_PASSWORD say where PostgreSQL is, and who may create databases there.
set -eu
export SQL_PLUGIN="${SQL_PLUGIN:-postgres12}"

bring_up() {
  temporal-sql-tool --db "$1" create-database
  temporal-sql-tool --db "$1" setup-schema --version 0.0
  temporal-sql-tool --db "$1" update-schema --schema-name "postgresql/v12/$2"
}

bring_up "${DBNAME:-temporal}" temporal
bring_up "${VISIBILITY_DBNAME:-temporal_visibility}" visibility
