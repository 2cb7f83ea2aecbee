"""A DSPy module that follows variables: whoever sets them, here or in Elixir, changes its next answer.

    PYTHONPATH=../../clients/python python3 dspy_module.py [HOST:PORT]

With DSPy installed, give it a model first, as by `dspy.configure(lm=dspy.LM(...))`; without, a stand-in of the same shape
answers. Without an address it starts a sidecar of its own.
"""

import contextlib
import sys
import types
import uuid

from snakepit_bridge import SessionContext, launch

try:
    import dspy
except ModuleNotFoundError:
    class Predict:
        """As dspy.Predict: a signature, and a config that goes to the language model."""

        def __init__(self, signature, **config):
            self.signature, self.config = signature, config

        def __call__(self, **inputs):
            return self.forward(**inputs)

        def forward(self, **inputs):
            return f"an answer at temperature {self.config.get('temperature')} of at most {self.config.get('max_tokens')} tokens"

    dspy = sys.modules["dspy"] = types.ModuleType("dspy")
    dspy.Predict = Predict
    print("dspy is not installed: a stand-in answers")

from snakepit_bridge.dspy_integration import VariableAwarePredict  # noqa: E402


def main(address):
    name = f"dspy-{uuid.uuid4()}"
    with SessionContext.connect(address, name, cache_ttl=0, end_on_exit=True) as session, \
            SessionContext.connect(address, name) as elsewhere:
        session.register_variable("temperature", "float", 0.7, {"min": 0, "max": 2})
        session.register_variable("answer_tokens", "integer", 200)

        # `temperature` is bound by itself, since the session has it; other names are bound by hand.
        predict = VariableAwarePredict("question -> answer", session_context=session)
        predict.bind_variable("max_tokens", "answer_tokens")
        print(f"bindings: {predict.get_bindings()}")
        print(predict(question="why?"))

        elsewhere["temperature"] = 0.1
        elsewhere["answer_tokens"] = 50
        print(predict(question="why?"))

        predict.set_variable("temperature", 1.2)
        print(f"set by: {elsewhere.describe_variable('temperature').metadata['source']}")
        predict.stop_following()


if __name__ == "__main__":
    with contextlib.ExitStack() as stack:
        main(sys.argv[1] if len(sys.argv) > 1 else stack.enter_context(launch()).address)
