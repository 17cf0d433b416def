#!/bin/sh
# Starts mongosh with temporary credentials. URI: the connection string of the cluster, without user and password.
# All arguments are passed to mongosh, such as --eval "db.runCommand({ping: 1})".
set -eu

# GetSessionToken is for an IAM user. With a role, omit these two steps, because its credentials are already temporary.
session=$(aws sts get-session-token --duration-seconds 900 --output text \
  --query 'Credentials.[AccessKeyId,SecretAccessKey,SessionToken]')
read -r AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_SESSION_TOKEN <<KEYS
$session
KEYS
export AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_SESSION_TOKEN

# mongosh reads the keys from its environment, because every user of this machine can read arguments.
case $URI in *\?*) separator='&' ;; *) separator='?' ;; esac
exec mongosh "${URI}${separator}authSource=%24external&authMechanism=MONGODB-AWS" "$@"
