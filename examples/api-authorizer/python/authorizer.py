"""Lambda authorizer. Allows the roles in ALLOWED_SUBJECTS if AWS signed their token for this API."""

import json
import logging
import os
import urllib.request

import jwt

logger = logging.getLogger()
logger.setLevel(logging.INFO)

AUDIENCE = os.environ["AUDIENCE"]
ISSUER_URL = os.environ["ISSUER_URL"]
ALLOWED_SUBJECTS = frozenset(os.environ["ALLOWED_SUBJECTS"].split(","))

_keys = None


def handler(event, context):
    try:
        claims = verify(token_of(event))
    except Exception as error:
        logger.warning("Token rejected: %s", error)
        return policy("Deny", event["methodArn"], "unknown")
    if claims["sub"] not in ALLOWED_SUBJECTS:
        # A valid token only identifies the caller. Every role of the account can get a valid token.
        logger.warning("Subject not allowed: %s", claims["sub"])
        return policy("Deny", event["methodArn"], claims["sub"])
    return policy("Allow", event["methodArn"], claims["sub"])


def token_of(event):
    scheme, _, token = event.get("authorizationToken", "").partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise ValueError("the Authorization header has no bearer token")
    return token.strip()


def verify(token):
    return jwt.decode(
        token,
        keys().get_signing_key_from_jwt(token).key,
        algorithms=["RS256"],
        audience=AUDIENCE,
        issuer=ISSUER_URL,
        options={"require": ["exp", "sub", "aud", "iss"]},
    )


def keys():
    """Returns the keys of the issuer. Fetches them at the first request and caches them."""
    global _keys
    if _keys is None:
        url = f"{ISSUER_URL}/.well-known/openid-configuration"
        with urllib.request.urlopen(url, timeout=5) as response:
            discovery = json.load(response)
        if discovery["issuer"] != ISSUER_URL:
            raise ValueError("the discovery document has another issuer")
        _keys = jwt.PyJWKClient(discovery["jwks_uri"], timeout=5)
    return _keys


def policy(effect, resource, subject):
    statement = {"Action": "execute-api:Invoke", "Effect": effect, "Resource": resource}
    return {
        "principalId": subject,
        "policyDocument": {"Version": "2012-10-17", "Statement": [statement]},
        "context": {"sub": subject},
    }
