"""Runs the AWS CLI or boto3 once for each line of standard input, in a child of its own.

The program is loaded once and forked for each row, so that a row sees exactly its own environment. A line is
{"env": {...}, "home": "...", "arguments": [...]}; the answer to it is {"code": n, "stdout": "...", "stderr": "..."}.
"""

import json
import os
import signal
import sys
import tempfile
import traceback

# A separate handle for results, because a row can print to stdout.
ANSWERS = os.fdopen(os.dup(1), "w")


def run_cli(arguments):
    import awscli.clidriver

    arguments = ["sts", "get-caller-identity", "--output", "json", *arguments]
    return awscli.clidriver.create_clidriver().main(arguments)


def run_boto3(arguments):
    import boto3

    profile = arguments[1] if arguments[:1] == ["--profile"] else None
    answer = boto3.Session(profile_name=profile).client("sts").get_caller_identity()
    print(json.dumps({name: answer[name] for name in ("Arn", "UserId")}))
    return 0


def child(program, row, out, err):
    signal.alarm(30)
    os.dup2(out.fileno(), 1)
    os.dup2(err.fileno(), 2)
    # The AWS CLI sets this variable when it is loaded, to the path of its data.
    own = {name: os.environ[name] for name in ("AWS_DATA_PATH",) if name in os.environ}
    os.environ.clear()
    os.environ.update({**own, **row["env"]})
    os.chdir(row["home"])
    code = 255
    try:
        sys.argv[0] = "aws"
        code = program(row["arguments"])
    except SystemExit as exit:
        code = exit.code if isinstance(exit.code, int) else 255
    except BaseException:
        traceback.print_exc()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code or 0)


def main(name):
    if name == "boto3":
        import boto3  # noqa: F401  loaded before the forks
        import botocore.signers  # noqa: F401

        program = run_boto3
    else:
        import awscli.clidriver  # noqa: F401

        program = run_cli
    for line in sys.stdin:
        row = json.loads(line)
        with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
            pid = os.fork()
            if pid == 0:
                child(program, row, out, err)
            _, status = os.waitpid(pid, 0)
            out.seek(0)
            err.seek(0)
            answer = {
                "code": os.waitstatus_to_exitcode(status),
                "stdout": out.read().decode(errors="replace"),
                "stderr": err.read().decode(errors="replace"),
            }
        ANSWERS.write(json.dumps(answer) + "\n")
        ANSWERS.flush()


main(sys.argv[1])
