"""Runs a Lambda handler as its runtime does: imports the module once, then one invocation for each line of stdin."""

import importlib
import json
import sys
import types

handler = importlib.import_module(sys.argv[1]).handler
for number, line in enumerate(sys.stdin):
    context = types.SimpleNamespace(aws_request_id=f"request-{number}")
    print(json.dumps(handler(json.loads(line), context)), flush=True)
