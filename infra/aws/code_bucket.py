"""The bucket that packages and templates are uploaded to, one for an account and a region."""

from __future__ import annotations

import hashlib
from typing import Any


class CodeBucket:
    """A private bucket whose objects are named by their content.

    Parameters
    ----------
    session : Any
        boto3's session, which names account and region.
    """

    def __init__(self, session: Any) -> None:
        self._s3 = session.client("s3")
        self._region = session.region_name
        account = session.client("sts").get_caller_identity()["Account"]
        self.name = f"badgekit-code-{account}-{self._region}"

    def put(self, content: bytes, suffix: str) -> str:
        """Return the key of an object with this content, which is named by it; upload it once."""
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
        """See that there is a bucket for packages, which nobody but the account gets at."""
        from botocore.exceptions import ClientError

        try:
            self._s3.head_bucket(Bucket=self.name)
        except ClientError as problem:
            if problem.response["ResponseMetadata"]["HTTPStatusCode"] != 404:
                raise
        else:
            return
        # us-east-1 must not be named.
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
        """Return where CloudFormation finds an object."""
        return f"{self._s3.meta.endpoint_url.rstrip('/')}/{self.name}/{key}"
