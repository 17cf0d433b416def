"""The API behind the authorizer: says who calls."""

import json


def handler(event, context):
    caller = event["requestContext"]["authorizer"]["sub"]
    return {"statusCode": 200, "body": json.dumps({"caller": caller})}
