"""One thin adapter for each AWS service. Adapters decide nothing."""
