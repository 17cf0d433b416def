#!/bin/sh
# The same with fedctl: the session is renewed for as long as mongosh runs.
set -eu
exec fedctl exec --mechanism aws --uri "$URI" -- mongosh {uri} "$@"
