"""The API behind the authorizer. Returns the caller."""

import json


def handler(event, context):
    caller = event["requestContext"]["authorizer"]["sub"]
    return {"statusCode": 200, "body": json.dumps({"caller": caller})}
