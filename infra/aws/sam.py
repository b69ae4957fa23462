"""Both ends of making the template: what Chalice writes, and SAM's language put into CloudFormation's.

The second is done here and not in the account, so that what is deployed can be read, checked and
created anywhere, and needs no right to run transforms.
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
REGION = "us-east-1"  # the template is the same for all; both tools want to hear of one

# Names of the managed policies that SAM may look up; we use none.
NO_POLICIES: dict[str, str] = {}


def chalice_template() -> dict[str, Any]:
    """Return the template that `chalice package` writes for `app.py`.

    It works on a copy without dependencies, which come with our own package: so it is quick, and
    leaves nothing beside the sources.
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
            # Nothing of this machine's own settings gets in.
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
    """Return a template of SAM's in plain CloudFormation.

    Parameters
    ----------
    template : dict[str, Any]
        With resources of the kinds `AWS::Serverless`.

    Returns
    -------
    dict[str, Any]
        Without.
    """
    import boto3
    from samtranslator.parser.parser import Parser
    from samtranslator.translator.translator import Translator

    session = boto3.Session(region_name=REGION)
    translator = Translator(NO_POLICIES, Parser(), boto_session=session)
    plain: dict[str, Any] = translator.translate(copy.deepcopy(template), parameter_values={})
    translator.metrics.publish()  # to nobody; or it complains
    plain.pop("Transform", None)
    for resource in plain["Resources"].values():
        properties = resource.get("Properties", {})
        if resource["Type"] == "AWS::Lambda::Function":
            properties.pop("Tags", None)  # SAM signs its work
        elif resource["Type"] == "AWS::ApiGateway::Deployment":
            properties.pop("StageName", None)  # or a stage called "Stage" is made besides ours
    return plain
