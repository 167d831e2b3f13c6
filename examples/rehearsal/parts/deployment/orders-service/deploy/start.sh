#!/bin/sh
# Starts the service with the settings of one environment: deploy/start.sh staging
set -eu
folder=$(cd "$(dirname "$0")" && pwd)
set -a
. "$folder/${1:?name an environment: development, staging or production}.env"
set +a
echo "orders-service on port $PORT with $DATABASE"
exec node "$folder/../src/main.js"
