"""Worker: calls the API with a token of its own role."""

import json
import logging
import os

import boto3
import requests

logger = logging.getLogger()
logger.setLevel(logging.INFO)

API_ENDPOINT = os.environ["API_ENDPOINT"]
AUDIENCE = os.environ["AUDIENCE"]

sts = boto3.client("sts")


def get_token():
    response = sts.get_web_identity_token(
        Audience=[AUDIENCE], DurationSeconds=300, SigningAlgorithm="RS256"
    )
    return response["WebIdentityToken"]


def handler(event, context):
    try:
        response = requests.get(
            API_ENDPOINT,
            headers={"Authorization": f"Bearer {get_token()}"},
            timeout=10,
        )
    except Exception:
        # The error is logged and not returned to the caller.
        logger.exception("The API could not be called")
        return answer(502, {"message": "The API could not be called", "request_id": context.aws_request_id})
    body = response.json() if response.ok else response.text
    return answer(response.status_code, {"api_response": body, "request_id": context.aws_request_id})


def answer(status, body):
    return {"statusCode": status, "body": json.dumps(body)}
