"""A tuning loop with a live watch: one side tries values, the other sees each as it is set.

    PYTHONPATH=../../clients/python python3 tuning.py [HOST:PORT]

Without an address it starts a sidecar of its own.
"""

import contextlib
import sys
import uuid

from snakepit_bridge import ConstraintViolation, SessionContext, launch


def score(temperature):
    """What is tuned: best at 0.8."""
    return 1 - (temperature - 0.8) ** 2


def show(name, old, new, metadata):
    print(f"  watched: {name} {old} -> {new}" + (f", score {metadata['score']}" if "score" in metadata else ""))


def tune(session):
    session.register_variable("temperature", "float", 0.2, {"min": 0, "max": 2})

    # Who holds the lock is the only one to set the variable meanwhile.
    session.start_optimization("temperature", "hill-climber")
    step, best = 0.4, score(session["temperature"])
    while abs(step) > 0.05:
        trial = round(session["temperature"] + step, 3)
        try:
            session.update_variable("temperature", trial, {"optimizer_id": "hill-climber", "score": f"{score(trial):.3f}"})
        except ConstraintViolation as refused:
            print(f"refused: {refused}")
            step = -step / 2
            continue
        if score(trial) > best:
            best = score(trial)
        else:
            session.rollback_variable(
                "temperature", session.describe_variable("temperature").version - 1, {"optimizer_id": "hill-climber"})
            step = -step / 2
    print(f"best: {session.stop_optimization('temperature', 'hill-climber')}")
    tried = [entry.value for entry in session.get_history("temperature")][::-1]
    print(f"tried: {tried}")


def main(address):
    name = f"tuning-{uuid.uuid4()}"
    with SessionContext.connect(address, name) as watcher, SessionContext.connect(address, name, end_on_exit=True) as session:
        with watcher.watch(patterns=["temp*"], callback=show) as watch:
            tune(session)
        watch.join(5)


if __name__ == "__main__":
    with contextlib.ExitStack() as stack:
        main(sys.argv[1] if len(sys.argv) > 1 else stack.enter_context(launch()).address)
