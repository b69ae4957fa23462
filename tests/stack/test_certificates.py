"""Amazon's certificate authorities: read from the package's script, without expired ones."""

from __future__ import annotations

from pathlib import Path

from cryptography import x509

from chalicelib.data.connection import AWS_CERTIFICATES
from infra.aws import certificates

END = "-----END CERTIFICATE-----\n"


def shipped() -> list[str]:
    return [pem + END for pem in Path(AWS_CERTIFICATES).read_text("ascii").split(END) if pem]


def as_script(pem: str) -> str:
    """Return a script with a certificate in the package's format."""
    lines = " +\n        ".join(repr(line + "\n") for line in pem.splitlines())
    return f"exports.defaults = [\n    {lines},\n];\n/* it's */"


def test_shipped_certificates_are_valid_for_a_while() -> None:
    found = [x509.load_pem_x509_certificate(pem.encode()) for pem in shipped()]
    assert len(found) > 80
    assert all(one.not_valid_after_utc > certificates.GOOD_AFTER for one in found)


def test_a_script_is_read() -> None:
    pem = shipped()[0]
    assert certificates.certificates(as_script(pem)) == [pem]
