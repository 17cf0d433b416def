"""Runs the programs that it is told of, one JSON line each, and answers each with what it used, as wait4(2) has it.

Node.js cannot: its own resourceUsage() is of itself, and that of children counts all of them together.
"""

import json
import os
import sys
import time


def drained(descriptor):
    with os.fdopen(descriptor, "rb") as stream:
        return stream.read()


def run(argv, env):
    reading, writing = os.pipe()
    since = time.perf_counter()
    pid = os.fork()
    if pid == 0:
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        os.dup2(writing, 1)
        os.dup2(writing, 2)
        os.closerange(3, 64)
        try:
            os.execvpe(argv[0], argv, env)
        finally:
            os._exit(127)
    os.close(writing)
    said = drained(reading)
    _, status, used = os.wait4(pid, 0)
    return {
        "status": os.waitstatus_to_exitcode(status),
        "cpuMs": (used.ru_utime + used.ru_stime) * 1000,
        "wallMs": (time.perf_counter() - since) * 1000,
        # Kilobytes on Linux, bytes on macOS.
        "mib": used.ru_maxrss / (1024 if sys.platform == "linux" else 1024 * 1024),
        "said": said[-2000:].decode("utf-8", "replace"),
    }


for line in sys.stdin:
    asked = json.loads(line)
    print(json.dumps(run(asked["argv"], asked["env"])), flush=True)
