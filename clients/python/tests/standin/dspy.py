"""A small stand-in of what DSPy's modules are to this package: predictors with a config that goes to the model."""

import copy


class Module:
    def __call__(self, *args, **kwargs):
        return self.forward(*args, **kwargs)

    def predictors(self):
        found = [self] if isinstance(self, Predict) else []
        return found + [value for value in vars(self).values() if isinstance(value, Predict)]

    def deepcopy(self):
        return copy.deepcopy(self)


class Predict(Module):
    def __init__(self, signature, **config):
        self.signature = signature
        self.config = dict(config)

    def forward(self, **inputs):
        return {"signature": self.signature, **self.config, **inputs}

    async def aforward(self, **inputs):
        return self.forward_sync(**inputs)

    def forward_sync(self, **inputs):
        return {"signature": self.signature, **self.config, **inputs}


class ChainOfThought(Module):
    def __init__(self, signature, **config):
        self.predict = Predict(f"{signature}, reasoning", **config)

    def forward(self, **inputs):
        return self.predict(**inputs)


class ReAct(Module):
    def __init__(self, signature, tools=(), max_iters=5):
        self.tools, self.max_iters = list(tools), max_iters
        self.react = Predict(signature)

    def forward(self, **inputs):
        return {"max_iters": self.max_iters, "tools": [tool.__name__ for tool in self.tools], **self.react(**inputs)}


class ProgramOfThought(ChainOfThought):
    pass


class Retrieve(Module):
    def __init__(self, k):
        self.k = k
