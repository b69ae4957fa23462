"""Runs inside of each measured process: imports one application and has it answer one event.

It imports nothing of ours and gets all it needs as JSON in its first argument: `package`, the folder
with `app.py`; `handler`, the name in it to call; `event`, what to call it with. It prints JSON.
"""

import json
import sys
import time


def main() -> None:
    """Measure."""
    task = json.loads(sys.argv[1])
    sys.path.insert(0, task["package"])
    before = set(sys.modules)
    start = time.perf_counter()
    module = __import__("app")
    imported = time.perf_counter()
    answer = getattr(module, task["handler"])(task["event"], None)
    end = time.perf_counter()
    print(
        json.dumps(
            {
                "import": imported - start,
                "seconds": end - start,
                "answer": answer,
                "modules": [
                    name
                    for name, module in list(sys.modules.items())
                    if name not in before
                    and (getattr(module, "__file__", None) or "").startswith(task["package"])
                ],
            }
        )
    )


main()
