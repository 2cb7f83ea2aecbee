"""Named checks: what a check may claim, and how all of them are run."""

import grpc

CHECKS = []


def check(function):
    """Marks a function of one parameter, the bridge, as a check of its own name."""
    CHECKS.append(function)
    return function


def equal(actual, expected):
    if actual != expected:
        raise AssertionError(f"expected {expected!r}, got {actual!r}")


def holds(condition, what):
    if not condition:
        raise AssertionError(what)


def refused(codes, words, call, *arguments, **fields):
    """The call ends with the code, or one of several, and its message has the words in it."""
    codes = codes if isinstance(codes, tuple) else (codes,)
    try:
        answer = call(*arguments, **fields)
        # A stream tells its status only when it is read.
        answer = list(answer) if isinstance(answer, grpc.Call) else answer
    except grpc.RpcError as error:
        names = " or ".join(code.name for code in codes)
        holds(error.code() in codes, f"expected {names}, got {error.code().name}: {error.details()}")
        holds(words in error.details(), f"expected a message with {words!r}, got {error.details()!r}")
        return error
    raise AssertionError(f"expected a refusal, got {str(answer)[:200]!r}")


def run(bridge):
    """Runs every check, a line each; answers how many failed."""
    failed = 0
    for function in CHECKS:
        try:
            function(bridge)
            print(f"ok {function.__name__}", flush=True)
        except Exception as error:  # whatever it is, it is this check's failure and the next one runs
            failed += 1
            print(f"FAIL {function.__name__}: {describe(error)}", flush=True)
    return failed


def describe(error):
    """On one line, as a check's line must be."""
    text = f"{error.code().name}: {error.details()}" if isinstance(error, grpc.RpcError) else f"{type(error).__name__}: {error}"
    return text.replace("\n", " ")
