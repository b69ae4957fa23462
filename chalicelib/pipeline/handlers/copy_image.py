"""Copies an image from another site to the bucket, so that badges outlive that site.

Documents of Open Badges 2.0 and baked badges then use the copy. Clients of the API go on reading the
address that they sent.
"""

from __future__ import annotations

from chalicelib.data.connection import transact
from chalicelib.data.models import Image, Job
from chalicelib.domain.images import images
from chalicelib.domain.jobs import outbox
from chalicelib.imaging.svg import reader as svg
from chalicelib.net import client, redirects


def copy_image(job: Job) -> None:
    """Copy the image of a job.

    Raises
    ------
    PictureRefused, client.Refused
        If it is not an image that BadgeKit accepts, or cannot be fetched.
    Unavailable
        If it cannot be fetched now.
    """
    image = job.image
    if image is None or image.key:
        outbox.finish(job, "not needed")
        return
    from chalicelib.imaging import uploads

    content = fetch(image)
    accepted = uploads.as_png(content) if svg.looks_like(content) else content
    copied = uploads.store(*uploads.check(accepted))

    def work() -> None:
        images.record_copy(image.id, copied)
        outbox.finish(job, "copied")

    transact(work)


def fetch(image: Image) -> bytes:
    """Return the content of an image on another site.

    Raises
    ------
    client.Refused
        If its site does not return it.
    Unavailable
        If its site does not respond now.
    """
    answer = redirects.get(str(image.url))
    if answer.status >= 500:
        raise client.Unreachable(f"The badge image's server returned status {answer.status}")
    if answer.status != 200:
        raise client.Refused(f"The badge image's server returned status {answer.status}")
    return answer.content
