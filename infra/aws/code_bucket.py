"""The S3 bucket for packages and templates, one for each account and region."""

from __future__ import annotations

import hashlib
from typing import Any


class CodeBucket:
    """A private, content-addressed bucket.

    Parameters
    ----------
    session : Any
        A boto3 session, which determines account and region.
    """

    def __init__(self, session: Any) -> None:
        self._s3 = session.client("s3")
        self._region = session.region_name
        account = session.client("sts").get_caller_identity()["Account"]
        self.name = f"badgekit-code-{account}-{self._region}"

    def put(self, content: bytes, suffix: str) -> str:
        """Upload an object unless it exists; return its key, the digest of its content."""
        from botocore.exceptions import ClientError

        key = f"{hashlib.sha256(content).hexdigest()}.{suffix}"
        self._make()
        try:
            self._s3.head_object(Bucket=self.name, Key=key)
        except ClientError as problem:
            if problem.response["ResponseMetadata"]["HTTPStatusCode"] != 404:
                raise
            print(f"uploading {len(content) / 1e6:.1f} MB to {self.name}")
            self._s3.put_object(Bucket=self.name, Key=key, Body=content)
        return key

    def _make(self) -> None:
        """Create the bucket, without public access, unless it exists."""
        from botocore.exceptions import ClientError

        try:
            self._s3.head_bucket(Bucket=self.name)
        except ClientError as problem:
            if problem.response["ResponseMetadata"]["HTTPStatusCode"] != 404:
                raise
        else:
            return
        # S3 rejects us-east-1 as a location constraint.
        where = (
            {}
            if self._region == "us-east-1"
            else {"CreateBucketConfiguration": {"LocationConstraint": self._region}}
        )
        self._s3.create_bucket(Bucket=self.name, **where)
        self._s3.put_public_access_block(
            Bucket=self.name,
            PublicAccessBlockConfiguration={
                "BlockPublicAcls": True,
                "BlockPublicPolicy": True,
                "IgnorePublicAcls": True,
                "RestrictPublicBuckets": True,
            },
        )

    def url(self, key: str) -> str:
        """Return an object's URL, for CloudFormation."""
        return f"{self._s3.meta.endpoint_url.rstrip('/')}/{self.name}/{key}"
