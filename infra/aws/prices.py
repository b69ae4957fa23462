"""AWS's list prices in us-east-1, in US dollars before taxes, each with its source.

They were checked in November 2026 against stored copies of web pages, not against AWS's live price
list: scripts fill most tables on AWS's own pages, so copies of these lack the numbers. `by_aws`
marks prices that AWS states in text; for all others several guides agree, and the newest is named.
The only difference from the values noted in October 2025 was that NAT gateways also pay for a
public IPv4 address (since February 2024).
"""

from __future__ import annotations

from dataclasses import dataclass

REGION, COMPARED = "us-east-1", "November 2026"
MILLION = 1_000_000


@dataclass(frozen=True)
class Price:
    """The price of one unit.

    Parameters
    ----------
    dollars : float
        List price in the lowest tier.
    source : str
        Where the price was found, and the date of that page.
    free : float
        Free units per month for every account, without a time limit.
    by_aws : bool
        Whether AWS's own pages state the price in text.
    """

    dollars: float
    source: str
    free: float = 0.0
    by_aws: bool = False

    def of(self, amount: float) -> float:
        """Return the list price of an amount."""
        return amount * self.dollars

    def after_free(self, amount: float) -> float:
        """Return the price of an amount after the free tier, for an account without other usage."""
        return max(0.0, amount - self.free) * self.dollars


PRICES = {
    # Source of the ten free alarms: aws.amazon.com/cloudwatch/pricing.
    "alarm": Price(
        0.10, "AWS's blog on alarms: $0.30 for high resolution, as compared to $0.10", 10, by_aws=True
    ),
    "log GB": Price(
        0.50, "signoz.io/guides/cloudwatch-pricing, 2026; 5 GB free: AWS's page", 5.0
    ),
    "API request": Price(
        3.50 / MILLION, "AWS's whitepaper on private APIs, table 4: REST, first 333 million", by_aws=True
    ),
    "lambda request": Price(
        0.20 / MILLION, "aws.amazon.com/lambda/pricing, 2026-09: also that a million is free", MILLION,
        by_aws=True,
    ),
    "lambda second": Price(  # with one GB, on arm64
        0.0000133334, "cloudchipr.com/blog/aws-lambda-pricing; 400,000 free: AWS's page", 400_000
    ),
    "SQS request": Price(
        0.40 / MILLION, "cloudburn.io/blog/amazon-sqs-pricing, 2026-03, also of the free million", MILLION
    ),
    "SNS request": Price(  # deliveries to SQS are free
        0.50 / MILLION, "factualminds.com/blog/amazon-sns-pricing-publishes-fanout-protocols, 2026-06",
        MILLION,
    ),
    "mail": Price(0.10 / 1000, "acecloudinterviews.com/tutorials/aws/ses"),
    "KMS request": Price(
        0.03 / 10_000, "cloudburn.io/blog/aws-kms-pricing, 2026-03; 20,000 free: AWS's page", 20_000
    ),
    "bucket GB": Price(0.023, "devnotes.tech/understanding-aws-s3-pricing"),
    "bucket write": Price(0.005 / 1000, "devnotes.tech/understanding-aws-s3-pricing"),
    "bucket read": Price(0.0004 / 1000, "devnotes.tech/understanding-aws-s3-pricing"),
    "GB out": Price(
        0.09, "awsglossary.org/terms/data-transfer-costs, 2026, also of the first 100 GB", 100
    ),
    "aurora hour": Price(  # for one capacity unit
        0.12, "factualminds.com/blog/amazon-aurora-pricing-io-optimized-serverless-v2-global, 2026-06"
    ),
    "aurora GB": Price(0.10, "awsnegotiations.com/blog/aurora-serverless-v2-pricing, 2026-05"),
    "NAT hour": Price(0.045, "cloudburn.io/blog/aws-nat-gateway-pricing, 2026-02"),
    "address hour": Price(0.005, "cloudburn.io/blog/aws-nat-gateway-pricing, 2026-02"),
    "endpoint hour": Price(0.01, "egresscost.com/aws: of one service in one zone"),
}  # fmt: skip


@dataclass(frozen=True)
class Line:
    """A line of a cost table.

    Parameters
    ----------
    what : str
        Label.
    amount : float
        Number of units.
    price : str
        Key in `PRICES`.
    """

    what: str
    amount: float
    price: str

    @property
    def dollars(self) -> float:
        """The cost at list prices."""
        return PRICES[self.price].of(self.amount)

    @property
    def after_free(self) -> float:
        """The cost after the free tier, for an account without other usage."""
        return PRICES[self.price].after_free(self.amount)
