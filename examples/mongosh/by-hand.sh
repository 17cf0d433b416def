#!/bin/sh
# mongosh with temporary credentials, by hand. URI: the connection string of the cluster, without user and password.
# The arguments go to mongosh, such as --eval "db.runCommand({ping: 1})".
set -eu

# GetSessionToken is for an IAM user. In a role's session, leave these two steps out: its credentials are temporary.
session=$(aws sts get-session-token --duration-seconds 900 --output text \
  --query 'Credentials.[AccessKeyId,SecretAccessKey,SessionToken]')
read -r AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_SESSION_TOKEN <<KEYS
$session
KEYS
export AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_SESSION_TOKEN

# mongosh reads the keys from its environment: an argument would show them to every user of this machine.
case $URI in *\?*) separator='&' ;; *) separator='?' ;; esac
exec mongosh "${URI}${separator}authSource=%24external&authMechanism=MONGODB-AWS" "$@"
