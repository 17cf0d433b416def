"""A MongoClient that logs in with tokens for the role of this function."""

import os

import boto3
from pymongo import MongoClient
from pymongo.auth_oidc import OIDCCallback, OIDCCallbackResult

sts = boto3.client("sts")

_client = None


class TokenOfAws(OIDCCallback):
    """The driver calls fetch for the first login, and when the server requests a new login because the token has expired."""

    def fetch(self, context):
        seconds = int(os.environ.get("TOKEN_SECONDS", "300"))
        response = sts.get_web_identity_token(
            Audience=[os.environ["OIDC_AUDIENCE"]],
            DurationSeconds=seconds,
            # MongoDB 7.0 and 8.0 accept RSA keys only.
            SigningAlgorithm="RS256",
        )
        return OIDCCallbackResult(
            access_token=response["WebIdentityToken"], expires_in_seconds=seconds
        )


def client():
    """Returns the same client for every invocation. Its connections stay open, and the driver logs in again if necessary."""
    global _client
    if _client is None:
        _client = MongoClient(
            os.environ["MONGODB_URI"],
            authMechanism="MONGODB-OIDC",
            authMechanismProperties={"OIDC_CALLBACK": TokenOfAws()},
            # Each instance of the function handles one invocation at a time.
            maxPoolSize=1,
            serverSelectionTimeoutMS=10_000,
        )
    return _client
