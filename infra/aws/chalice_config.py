"""Writes `.chalice/config.json` from the table of functions: `python -m infra.aws.chalice_config`.

Our own template is generated from the table directly. This file gives Chalice's commands the same
memory sizes and timeouts.
"""

from __future__ import annotations

import json
from pathlib import Path

from infra.aws.functions import FUNCTIONS

FILE = Path(__file__).parents[2] / ".chalice" / "config.json"
API_HANDLER = "api_handler"  # Chalice's name for `app.app`
STAGE = "prod"


def text() -> str:
    """Return the content of the file."""
    functions = {
        API_HANDLER if function.handler == "app" else function.handler: {
            "lambda_memory_size": function.memory,
            "lambda_timeout": function.seconds,
        }
        for function in FUNCTIONS
    }
    stage = {"api_gateway_stage": STAGE, "lambda_functions": functions}
    config = {"version": "2.0", "app_name": "badgekit", "stages": {STAGE: stage}}
    return json.dumps(config, indent=2) + "\n"


if __name__ == "__main__":
    FILE.write_text(text(), "utf-8")
