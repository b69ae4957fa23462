"""Runs in each measured process: imports an application and calls its handler with one event.

It imports nothing from this project. Its first argument is JSON: `package`, the folder with
`app.py`; `handler`, the name of the function to call; `event`, its argument. It prints JSON.
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
