"""Worker: writes a document to Atlas and reads the document."""

import json
import logging
from datetime import datetime, timezone

from atlas import client

logger = logging.getLogger()
logger.setLevel(logging.INFO)


def handler(event, context):
    try:
        items = client()["sample_db"]["items"]
        result = items.insert_one(
            {
                "message": "Hello from Lambda with OIDC auth",
                "timestamp": datetime.now(timezone.utc).isoformat(),
                "request_id": context.aws_request_id,
            }
        )
        found = items.find_one({"_id": result.inserted_id})
    except Exception:
        # The error is logged and not returned to the caller.
        logger.exception("The document could not be written")
        return answer(500, {"message": "The document could not be written"})
    return answer(200, {"insertedId": str(result.inserted_id), "message": found["message"]})


def answer(status, body):
    return {"statusCode": status, "body": json.dumps(body)}
