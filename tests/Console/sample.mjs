// A session to look at: a run of prompt tuning, with a bit of everything.
export async function fill(client, session = "prompt-tuning") {
  const by = { elixir: { changed_by: "elixir", source: "elixir" }, mipro: { changed_by: "mipro-optimizer", source: "python" } };
  await client.begin(session, { app: "support-assistant", node: "app@10.0.3.7" });
  await client.register(session, "temperature", "float", 0.7, { min: 0, max: 2 }, by.elixir);
  await client.register(session, "top_k", "integer", 40, { min: 1, max: 200 }, by.elixir);
  await client.register(session, "validation_score", "float", 0.412, { min: 0, max: 1 }, by.mipro);
  await client.register(session, "cost_usd", "float", 0, {}, by.mipro);
  await client.register(session, "model", "choice", "small", { choices: ["small", "medium", "large"] }, by.elixir);
  await client.register(session, "instruction", "string", "Answer the customer in two sentences.", {}, by.elixir);
  await client.register(session, "use_examples", "boolean", false, {}, by.elixir);
  await client.register(session, "reasoning", "module", "dspy.Predict", {}, by.elixir);
  await client.register(session, "centroid", "embedding", wave(96, 0), { dimensions: 96 }, by.mipro);
  await client.register(session, "confusion", "tensor", tensor(8, 0), {}, by.mipro);
  await client.register(session, "budget", "map", { tokens: 200000, spent: 0, stop_at: { score: 0.9, rounds: 40 } }, {}, by.elixir);
  await client.register(session, "labels", "list", ["billing", "delivery", "returns", "other"], {}, by.elixir);
  await client.depend(session, "validation_score", "temperature");
  await client.depend(session, "validation_score", "instruction");
  await client.depend(session, "validation_score", "model", "constraint");
  await client.depend(session, "cost_usd", "model");
  await client.depend(session, "budget", "cost_usd", "constraint");
  await client.depend(session, "reasoning", "use_examples", "optimization");
  await client.depend(session, "validation_score", "reasoning", "optimization");
}

export async function run(client, session = "prompt-tuning", rounds = 40, from = 0) {
  const instructions = [
    "Answer the customer in two short sentences.", "Answer the customer in two short, friendly sentences.",
    "Answer the customer in two short, friendly sentences and name the next step.",
  ];
  for (let round = from; round < from + rounds; round++) {
    const mipro = { changed_by: "mipro-optimizer", source: "python", why: `round ${round + 1}` };
    await client.set(session, "temperature", "float", Number((0.7 + 0.4 * Math.sin(round / 4) * Math.exp(-round / 50)).toFixed(3)), mipro);
    await client.set(session, "validation_score", "float", Number((0.9 - 0.48 * Math.exp(-round / 14) + 0.02 * Math.sin(round * 2.1)).toFixed(4)), mipro);
    await client.set(session, "cost_usd", "float", Number((round * 0.037 + (round % 3) * 0.004).toFixed(3)), mipro);
    if (round % 5 === 2) {
      await client.set(session, "top_k", "integer", 40 + ((round * 7) % 50), mipro);
      await client.set(session, "centroid", "embedding", wave(96, round), mipro);
      await client.set(session, "confusion", "tensor", tensor(8, round), mipro);
    }

    if (round % 13 === 6) {
      await client.set(session, "instruction", "string", instructions[Math.floor(round / 13) % 3], { ...mipro, why: "scored best of 8 proposals" });
      await client.set(session, "use_examples", "boolean", round % 2 === 0, { changed_by: "elixir" });
    }

    if (round % 11 === 4) {
      await client.set(session, "model", "choice", ["medium", "large", "small"][Math.floor(round / 11) % 3], { changed_by: "elixir", why: "budget review" });
      await client.set(session, "budget", "map", { tokens: 200000, spent: round * 4100, stop_at: { score: 0.9, rounds: 40 } }, mipro);
    }
  }
}

function wave(length, phase) {
  return Array.from({ length }, (_, i) => Number((Math.sin(i / 5 + phase / 3) * Math.cos(i / 17) * (1 + phase / 40)).toFixed(4)));
}

function tensor(side, phase) {
  const data = Array.from({ length: side * side }, (_, i) => {
    const [row, column] = [Math.floor(i / side), i % side];
    return Number(((row === column ? 0.6 + phase / 120 : 0) + 0.12 * Math.cos(row * 1.3 + column * 2.1 + phase / 9)).toFixed(3));
  });
  return { shape: [side, side], data };
}

export const toolSpecs = [
  {
    name: "score_prompt", description: "Scores an instruction on the validation set.", supportsStreaming: false,
    parameters: [
      { name: "instruction", type: "string", description: "what is scored", required: true },
      { name: "samples", type: "integer", description: "how many tickets", required: false, validationJson: JSON.stringify({ min: 1, max: 500 }) },
      { name: "strict", type: "boolean", description: "half answers count as wrong", required: false },
    ],
  },
  {
    name: "stream_answers", description: "Answers tickets, one after another.", supportsStreaming: true,
    parameters: [{ name: "count", type: "integer", description: "how many", required: true }],
  },
];

export function answerTool(name, parameters) {
  return name === "stream_answers"
    ? Array.from({ length: parameters.count }, (_, i) => ({ ticket: 4100 + i, answer: `Your parcel is on its way (${i + 1} of ${parameters.count}).` }))
    : { score: 0.8731, samples: parameters.samples ?? 120, instruction: parameters.instruction };
}
