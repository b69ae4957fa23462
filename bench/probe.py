"""Runs inside of each measured process: imports one application and has it answer one event.

It imports nothing of ours and gets all it needs as JSON in its first argument: `package`, the folder
with `app.py`; `handler`, the name in it to call; `event`, what to call it with. It prints JSON.
"""

import json
import sys
import time


def peak_memory() -> float:
    """Return the most memory that this process ever used, in MB.

    Linux's own mark, where there is one: `ru_maxrss` starts with that of the parent process.
    """
    try:
        with open("/proc/self/status", encoding="ascii") as status:
            fields = dict(line.split(":", 1) for line in status)
        return int(fields["VmHWM"].split()[0]) / 1024
    except OSError:
        import resource

        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        return peak / 1024 / (1024 if sys.platform == "darwin" else 1)


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
                "memory": peak_memory(),
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
