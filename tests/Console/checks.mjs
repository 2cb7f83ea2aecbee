// Named checks: what a check may claim, and how all of them are run, a line each.
import { isDeepStrictEqual, inspect } from "node:util";

/** How long one check may take, in milliseconds. */
const PATIENCE = 60_000;

export function equal(actual, expected) {
  if (!isDeepStrictEqual(actual, expected)) {
    throw new Error(`expected ${inspect(expected)}, got ${inspect(actual)}`);
  }
}

export function holds(condition, what) {
  if (!condition) {
    throw new Error(what);
  }
}

/** Runs the checks one after another; answers how many failed. */
export async function run(checks) {
  let failed = 0;
  for (const [name, check] of Object.entries(checks)) {
    try {
      await inTime(check());
      console.log(`ok ${name}`);
    } catch (error) {
      failed++;
      console.log(`FAIL ${name}: ${String(error?.message ?? error).replaceAll(/\s+/g, " ").slice(0, 1_500)}`);
    }
  }
  return failed;
}

async function inTime(work) {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`not done after ${PATIENCE} ms`)), PATIENCE);
  });
  try {
    await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
