"""Runs `chalice package`, and expands SAM templates to plain CloudFormation.

Expanding the template here and not in the account makes the deployed template readable and
testable, usable anywhere, and deployable without permission to run transforms.
"""

from __future__ import annotations

import copy
import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
SHIPPED = ("app.py", "chalicelib", ".chalice")
REGION = "us-east-1"  # both tools require one, but the template does not depend on it

# Managed policies that SAM may look up by name; we use none.
NO_POLICIES: dict[str, str] = {}


def chalice_template() -> dict[str, Any]:
    """Return the template that `chalice package` writes for `app.py`.

    It works on a copy without dependencies, since our own package includes them. So it is quick, and
    leaves no files beside the sources.
    """
    with tempfile.TemporaryDirectory() as made:
        project = Path(made, "project")
        project.mkdir()
        for name in SHIPPED:
            if (ROOT / name).is_dir():
                ignore = shutil.ignore_patterns("__pycache__", "static", "fonts", "locales")
                shutil.copytree(ROOT / name, project / name, ignore=ignore)
            else:
                shutil.copyfile(ROOT / name, project / name)
        (project / "requirements.txt").touch()
        code = "from chalice.cli import main; main()"
        done = subprocess.run(
            [sys.executable, "-B", "-c", code, "package", "--stage", "prod", "out"],
            cwd=project,
            # Keep this machine's own settings out.
            env={"PATH": os.defpath, "HOME": made, "AWS_DEFAULT_REGION": REGION},
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise RuntimeError(f"chalice package failed:\n{done.stdout}{done.stderr}")
        template: dict[str, Any] = json.loads((project / "out/sam.json").read_text("utf-8"))
    return template


def expanded(template: dict[str, Any]) -> dict[str, Any]:
    """Return a SAM template expanded to plain CloudFormation.

    Parameters
    ----------
    template : dict[str, Any]
        A template with `AWS::Serverless` resources.

    Returns
    -------
    dict[str, Any]
        The template without them.
    """
    import boto3
    from samtranslator.parser.parser import Parser
    from samtranslator.translator.translator import Translator

    session = boto3.Session(region_name=REGION)
    translator = Translator(NO_POLICIES, Parser(), boto_session=session)
    plain: dict[str, Any] = translator.translate(copy.deepcopy(template), parameter_values={})
    translator.metrics.publish()  # sends nothing, but prevents a warning
    plain.pop("Transform", None)
    for resource in plain["Resources"].values():
        properties = resource.get("Properties", {})
        if resource["Type"] == "AWS::Lambda::Function":
            properties.pop("Tags", None)  # added by SAM
        elif resource["Type"] == "AWS::ApiGateway::Deployment":
            properties.pop("StageName", None)  # would create a second stage named "Stage"
    return plain
