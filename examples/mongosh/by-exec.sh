#!/bin/sh
# Starts mongosh with fedctl, which renews the session while mongosh runs.
set -eu
exec fedctl exec --mechanism aws --uri "$URI" -- mongosh {uri} "$@"
