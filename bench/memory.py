"""Memory: the peak of a fresh process that handles one batch of ten jobs of each kind.

AWS is moto's server in another process, so that the worker's own clients are counted.
"""

from __future__ import annotations

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from bench import main_job, prepare
from bench.processes import measure
from bench.report import Finding
from chalicelib.aws import session
from chalicelib.data import connection
from chalicelib.data.models import Job
from infra.aws import build

BATCH = 10
AT_MOST = 128.0
START_SECONDS = 60.0
POLL_SECONDS = 0.05
# Handler in app.py, and the kind of job it is about.
STEPS = (("issue", "review"), ("award", "award"), ("mail", "award-mail"))


def findings(folder: Path) -> list[Finding]:
    """Measure.

    Parameters
    ----------
    folder : Path
        An empty folder to work in.
    """
    package = build.build(folder / "package", here=True, boto3=True)
    settings = prepare.sqlite(folder / "memory.db")
    found = []
    with _aws() as environ:
        bodies = prepare.fill(settings, applications=BATCH)
        settings |= environ | _cloud(environ)
        for body in bodies:
            answer = measure(package, main_job.webhook(body), settings)["answer"]
            if answer["statusCode"] != 200:
                raise RuntimeError(answer["body"])
        for handler, kind in STEPS:
            probed = measure(package, _batch(kind), settings, handler)
            if probed["answer"] != {"batchItemFailures": []}:
                raise RuntimeError(f"{handler} answered {probed['answer']}")
            what = f"Memory: {handler}, a batch of {BATCH}"
            found.append(Finding(what, probed["memory"], "MB", AT_MOST))
    return found


@contextmanager
def _aws() -> Iterator[dict[str, str]]:
    """Start moto's server and yield the environment that leads to it."""
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = subprocess.Popen(
        [sys.executable, "-m", "moto.server", "--port", str(port)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        until = time.monotonic() + START_SECONDS
        while not _listens(port):
            if server.poll() is not None or time.monotonic() > until:
                raise RuntimeError("moto's server does not start")
            time.sleep(POLL_SECONDS)
        yield {
            "AWS_ENDPOINT_URL": f"http://127.0.0.1:{port}",
            "AWS_ACCESS_KEY_ID": "testing",
            "AWS_SECRET_ACCESS_KEY": "testing",
            "AWS_DEFAULT_REGION": "us-east-1",
            "AWS_EC2_METADATA_DISABLED": "true",
        }
    finally:
        server.kill()
        server.wait()


def _listens(port: int) -> bool:
    with closing(socket.socket()) as client:
        return client.connect_ex(("127.0.0.1", port)) == 0


def _cloud(environ: dict[str, str]) -> dict[str, str]:
    """Make a bucket with the badge's picture, the queues and a known sender."""
    import boto3

    from chalicelib.openbadges import default_image

    names = {
        "AWS_ACCESS_KEY_ID": "aws_access_key_id",
        "AWS_SECRET_ACCESS_KEY": "aws_secret_access_key",
    }
    account = {argument: environ[name] for name, argument in names.items()}
    account |= {
        "region_name": environ["AWS_DEFAULT_REGION"],
        "endpoint_url": environ["AWS_ENDPOINT_URL"],
    }

    def client(service: str) -> Any:
        return boto3.client(service, **account)

    client("s3").create_bucket(Bucket="badgekit-images")
    client("s3").put_object(
        Bucket="badgekit-images", Key=prepare.PICTURE, Body=default_image.content()
    )
    client("sesv2").create_email_identity(EmailIdentity=prepare.SETTINGS["MAIL_FROM"])
    session.forget()
    return {
        name: client("sqs").create_queue(QueueName=name.split("_")[0].lower())["QueueUrl"]
        for name in main_job.QUEUES
    }


def _batch(kind: str) -> dict[str, Any]:
    with connection.database.connection_context():
        ids = [job.id for job in Job.select(Job.id).where(Job.kind == kind)]
    if len(ids) != BATCH:
        raise RuntimeError(f"there are {len(ids)} jobs of the kind {kind}")
    return main_job.batch([(job_id, kind) for job_id in ids])
