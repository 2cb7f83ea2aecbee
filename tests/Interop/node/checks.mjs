// Named checks: what a check may claim, and how all of them are run.
import { isDeepStrictEqual, inspect } from "node:util";

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

/** The call must be refused; answers with the error. */
export async function failure(call) {
  let answer;
  try {
    answer = await call();
  } catch (error) {
    return error;
  }
  throw new Error(`expected a refusal, got ${inspect(answer).slice(0, 200)}`);
}

/** Runs each of the functions of `checks`, a line each; answers how many failed. `patience`: of one check, in milliseconds. */
export async function run(checks, patience = 30_000) {
  let failed = 0;
  for (const [name, check] of Object.entries(checks)) {
    try {
      await inTime(check(), patience);
      console.log(`ok ${name}`);
    } catch (error) {
      failed++;
      console.log(`FAIL ${name}: ${String(error).replaceAll(/\s+/g, " ").slice(0, 1_500)}`);
    }
  }
  return failed;
}

async function inTime(work, patience) {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`not done after ${patience} ms`)), patience);
  });
  try {
    await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** The next `count` updates that are no heartbeats; `typeOf` tells an update's type. */
export async function changes(updates, count, typeOf) {
  const found = [];
  while (found.length < count) {
    const { value, done } = await updates.next();
    holds(!done, "the watch ended");
    if (typeOf(value) !== "heartbeat") {
      found.push(value);
    }
  }
  return found;
}
