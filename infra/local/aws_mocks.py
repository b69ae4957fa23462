"""Mocks of S3, SQS, SES and the Parameter Store: moto's server, in this process.

moto keeps everything in memory. So objects are written to `s3/` and mails to `mail/` before the
response is sent. Messages are not written, since the outbox sends them again.
"""

from __future__ import annotations

import base64
import contextlib
import io
import json
import os
import secrets
import threading
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote, urlsplit

from chalicelib.queues import MAIL_EVENTS, QUEUES
from infra.local import bucket_cors

ACCOUNT, PARTITION = "123456789012", "aws"
REGION = "us-east-1"
VISIBILITY_SECONDS = "5"
MAX_DELIVERIES = 5
CONFIGURATION_SET = "badgekit"
REPEATED_EVENTS = 50  # mails whose events may have been lost with the last run

Wsgi = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


def write_durably(path: Path, content: bytes) -> None:
    """Write a file atomically and durably."""
    path.parent.mkdir(parents=True, exist_ok=True)
    half = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    with half.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    half.replace(path)


class ObjectStore:
    """The bucket's objects as files, each with its media type beside it.

    Parameters
    ----------
    folder : Path
        Folder for the files.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def save(self, bucket: str, key: str) -> None:
        """Copy an object from moto's memory to its file."""
        from moto.s3.models import s3_backends

        found: Any = s3_backends[ACCOUNT][PARTITION].get_object(bucket, key)
        if found is not None:
            path = self._path(bucket, key)
            media_type = found.metadata.get("Content-Type", "binary/octet-stream")
            write_durably(path.with_suffix(".type"), media_type.encode())
            write_durably(path, found.value)

    def delete(self, bucket: str, key: str) -> None:
        """Delete an object's file."""
        self._path(bucket, key).unlink(missing_ok=True)

    def has_bucket(self, name: str) -> bool:
        """Return whether a bucket exists."""
        from moto.s3.models import s3_backends

        return name in s3_backends[ACCOUNT][PARTITION].buckets

    def load(self) -> int:
        """Load all objects into moto's memory; return their number."""
        from moto.s3.exceptions import BucketAlreadyExists
        from moto.s3.models import s3_backends

        backend, count = s3_backends[ACCOUNT][PARTITION], 0
        for folder in sorted(self._folder.glob("*/")):
            with contextlib.suppress(BucketAlreadyExists):
                backend.create_bucket(folder.name, REGION)
        for path in sorted(self._folder.glob("*/*.object")):
            key = backend.put_object(path.parent.name, unquote(path.stem), path.read_bytes())
            key.set_metadata({"Content-Type": path.with_suffix(".type").read_text()}, replace=True)
            count += 1
        return count

    def _path(self, bucket: str, key: str) -> Path:
        return self._folder / bucket / f"{quote(key, safe='')}.object"


class Mailbox:
    """Sent mails as `.eml` files, sorted by time.

    Parameters
    ----------
    folder : Path
        Folder for the files.
    on_mail : Callable[[bytes], None]
        Called with each new mail.
    """

    def __init__(self, folder: Path, on_mail: Callable[[bytes], None] = lambda raw: None) -> None:
        self.folder = folder
        self._on_mail = on_mail

    def keep(self, raw: bytes, job: str | None = None) -> None:
        """Store a mail, with its job's number in the file name."""
        number = f"-job-{job}" if job else ""
        name = f"{datetime.now(UTC):%Y%m%dT%H%M%S.%f}-{secrets.token_hex(3)}{number}.eml"
        write_durably(self.folder / name, raw)
        self._on_mail(raw)

    def last_jobs(self) -> list[str]:
        """Return the job numbers of the last mails."""
        names = sorted(path.stem for path in self.folder.glob("*.eml"))[-REPEATED_EVENTS:]
        return [name.rpartition("-job-")[2] for name in names if "-job-" in name]


class Recorder:
    """WSGI middleware that writes objects and mails to disk before sending moto's response.

    Parameters
    ----------
    app : Wsgi
        moto's application.
    objects : ObjectStore
        Stores objects.
    mailbox : Mailbox
        Stores mails.
    """

    def __init__(self, app: Wsgi, objects: ObjectStore, mailbox: Mailbox) -> None:
        self._app = app
        self._objects = objects
        self._mailbox = mailbox

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Any:
        cors = self._cors(environ)
        if cors is None:
            start_response("403 Forbidden", [("Content-Type", "text/plain")])
            return [b"Only AWS clients and images are served here.\n"]
        if environ["REQUEST_METHOD"] == "OPTIONS":
            start_response("200 OK", [*cors, ("Content-Length", "0")])
            return [b""]
        body = b""
        if environ["PATH_INFO"].endswith("/outbound-emails"):
            body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
            environ["wsgi.input"] = io.BytesIO(body)
        statuses: list[str] = []

        def started(status: str, headers: list[tuple[str, str]], *rest: Any) -> Any:
            statuses.append(status)
            own = [one for one in headers if not one[0].lower().startswith("access-control-")]
            security = bucket_cors.SECURITY if self._is_object(environ) else []
            return start_response(status, [*own, *cors, *security], *rest)

        answer = list(self._app(environ, started))
        if statuses and statuses[0].startswith("2"):
            self._record(environ, body)
        return answer

    def _cors(self, environ: dict[str, Any]) -> list[tuple[str, str]] | None:
        """Return the CORS headers of the response, or None if a website may not do this.

        Without an `Origin` there are none. Websites read the bucket's objects by signed links, and
        pages of this machine upload files with forms, as the editor does.
        """
        host = urlsplit(f"//{environ.get('HTTP_HOST', '')}").hostname
        path = environ["PATH_INFO"]
        if host not in bucket_cors.LOOPBACK or path.startswith("/moto-api"):
            return None
        origin = environ.get("HTTP_ORIGIN")
        if origin is None:
            return []
        bucket, _, key = path.lstrip("/").partition("/")
        if not self._objects.has_bucket(bucket):
            return None
        is_form = environ.get("CONTENT_TYPE", "").startswith("multipart/form-data")
        is_signed_link = bool(key) and "X-Amz-Signature=" in environ.get("QUERY_STRING", "")
        method = environ["REQUEST_METHOD"]
        if method == "OPTIONS":
            if environ.get("HTTP_ACCESS_CONTROL_REQUEST_HEADERS"):
                return None  # the rules name no headers
            method = environ.get("HTTP_ACCESS_CONTROL_REQUEST_METHOD", "")
        elif not (is_form if method == "POST" else is_signed_link):
            return None
        return bucket_cors.headers(origin, method)

    def _is_object(self, environ: dict[str, Any]) -> bool:
        """Return whether a request is for an object of a bucket."""
        bucket, _, key = environ["PATH_INFO"].lstrip("/").partition("/")
        return bool(key) and self._objects.has_bucket(bucket)

    def _record(self, environ: dict[str, Any], body: bytes) -> None:
        method, path = environ["REQUEST_METHOD"], environ["PATH_INFO"]
        if body:
            mail = json.loads(body)
            tags = {tag["Name"]: tag["Value"] for tag in mail.get("EmailTags", [])}
            self._mailbox.keep(base64.b64decode(mail["Content"]["Raw"]["Data"]), tags.get("job"))
            if mail.get("ConfigurationSetName") and "job" in tags:
                send_mail_event(tags["job"])
        elif "/s3/" in environ.get("HTTP_AUTHORIZATION", ""):
            bucket, _, key = path.lstrip("/").partition("/")
            if key and method == "PUT":
                self._objects.save(bucket, key)
            elif key and method == "DELETE":
                self._objects.delete(bucket, key)


class AwsMocks:
    """moto's server, with objects and mails stored on disk.

    Parameters
    ----------
    state : Path
        Folder for objects and mails.
    on_mail : Callable[[bytes], None]
        Called with each new mail.
    """

    def __init__(self, state: Path, on_mail: Callable[[bytes], None] = lambda raw: None) -> None:
        from moto.moto_server.werkzeug_app import (
            DomainDispatcherApplication,
            MotoRequestHandler,
            create_backend_app,
        )
        from werkzeug.serving import make_server

        self._objects = ObjectStore(state / "s3")
        self.mailbox = Mailbox(state / "mail", on_mail)
        app = Recorder(DomainDispatcherApplication(create_backend_app), self._objects, self.mailbox)
        # Reuse the port of the last run if it is free, since browsers cache URLs of images.
        kept = state / "stand-ins.port"
        last = _kept_port(kept)
        try:
            self._server = make_server(
                "127.0.0.1", last, app, threaded=True, request_handler=MotoRequestHandler
            )
        except (OSError, SystemExit):
            self._server = make_server(
                "127.0.0.1", 0, app, threaded=True, request_handler=MotoRequestHandler
            )
        write_durably(kept, str(self._server.server_port).encode())
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(0.1,), name="aws-mocks"
        )
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        self._restore: Callable[[], None] = lambda: None

    def start(self) -> None:
        """Start serving, and direct this process's AWS clients here."""
        import logging

        from chalicelib.aws import session

        logging.getLogger("werkzeug").setLevel(logging.ERROR)
        # Remove settings that could direct calls to a real account or through a proxy.
        for name in [name for name in os.environ if name.startswith("AWS_")]:
            del os.environ[name]
        os.environ |= {
            "NO_PROXY": f"{os.environ.get('NO_PROXY', '')},127.0.0.1,localhost".strip(","),
            "AWS_ENDPOINT_URL": self.url,
            "AWS_ACCESS_KEY_ID": "local",
            "AWS_SECRET_ACCESS_KEY": "local",
            "AWS_DEFAULT_REGION": REGION,
            "AWS_EC2_METADATA_DISABLED": "true",
        }
        self._restore = _skip_queue_scans()
        session.forget()
        self._thread.start()

    def create_resources(self, bucket: str, sender: str) -> dict[str, str]:
        """Create the bucket with its objects, the queues, and the verified sender.

        Returns
        -------
        dict[str, str]
            The queues' URLs by name.
        """
        from chalicelib.aws.session import client

        client("s3").create_bucket(Bucket=bucket)
        self._objects.load()
        client("sesv2").create_email_identity(EmailIdentity=sender)
        client("sesv2").create_configuration_set(ConfigurationSetName=CONFIGURATION_SET)
        urls = {queue.name: _create_queue(queue.name) for queue in QUEUES}
        for job in self.mailbox.last_jobs():
            send_mail_event(job)
        return urls

    def stop(self) -> None:
        """Stop serving."""
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()
        self._restore()


def _kept_port(file: Path) -> int:
    """Return the port in a file, or 0 if there is none."""
    try:
        port = int(file.read_text(encoding="ascii"))
    except (FileNotFoundError, ValueError):
        return 0
    return port if 0 < port < 65536 else 0


def send_mail_event(job: str) -> None:
    """Send SES's `Send` event to the mail event queue, as EventBridge does."""
    from chalicelib.aws.session import client

    sqs = client("sqs")
    detail = {"eventType": "Send", "mail": {"tags": {"job": [job]}}, "send": {}}
    event = {"source": "aws.ses", "detail-type": "Email Sent", "detail": detail}
    url = sqs.get_queue_url(QueueName=MAIL_EVENTS.name)["QueueUrl"]
    sqs.send_message(QueueUrl=url, MessageBody=json.dumps(event))


def _skip_queue_scans() -> Callable[[], None]:
    """Keep moto from scanning a queue at each message, which takes minutes for long queues.

    The number of messages, which the page of dead letters shows, then includes hidden ones.

    Returns
    -------
    Callable[[], None]
        Makes moto what it was before.
    """
    from moto.sqs.models import Queue

    attributes, counted = Queue.BASE_ATTRIBUTES, Queue.approximate_number_of_messages
    skipped = {"ApproximateNumberOfMessagesDelayed", "ApproximateNumberOfMessagesNotVisible"}
    Queue.BASE_ATTRIBUTES = [name for name in Queue.BASE_ATTRIBUTES if name not in skipped]
    count: Any = property(lambda queue: len(queue._messages))
    Queue.approximate_number_of_messages = count  # type: ignore[method-assign]

    def restore() -> None:
        Queue.BASE_ATTRIBUTES = attributes
        Queue.approximate_number_of_messages = counted  # type: ignore[method-assign]

    return restore


def _create_queue(name: str) -> str:
    from chalicelib.aws.session import client

    sqs = client("sqs")
    dead = sqs.create_queue(QueueName=f"{name}-dead")["QueueUrl"]
    redrive = {"deadLetterTargetArn": queue_arn(dead), "maxReceiveCount": MAX_DELIVERIES}
    url: str = sqs.create_queue(
        QueueName=name,
        Attributes={
            "VisibilityTimeout": VISIBILITY_SECONDS,
            "RedrivePolicy": json.dumps(redrive),
        },
    )["QueueUrl"]
    return url


def queue_arn(queue_url: str) -> str:
    """Return the ARN of a queue."""
    return f"arn:aws:sqs:{REGION}:{ACCOUNT}:{urlsplit(queue_url).path.rsplit('/', 1)[-1]}"
