// Checks of the console in a real Chromium against a real server. Arguments: the path of snakepit.dll, and part of a
// name where only some are wanted.
// Prints a line a check: `ok NAME` or `FAIL NAME: why`.
import { Browser } from "./browser.mjs";
import { equal, holds, run } from "../Interop/node/checks.mjs";
import { loadClient } from "./clients.mjs";
import { createHash } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { answerTool, fill, run as tune, toolSpecs } from "./sample.mjs";
import { Server } from "./server.mjs";

const [program, only = ""] = process.argv.slice(2);
const server = new Server(program);
const browser = new Browser();
const { connect } = await loadClient();
let client;

const session = (id, ...rest) => `${server.console}#/session/${[id, ...rest].map(encodeURIComponent).join("/")}`;
const live = page => page.waitForSelector('[data-phase="live"]');
const revisionOf = async page => Number((await page.textContent('[data-testid="revision"]')).replaceAll(",", ""));

/** Waits until a revision is shown. */
const shows = (page, revision) => page.waitForFunction(
  wanted => Number(document.querySelector('[data-testid="revision"]')?.textContent?.replaceAll(",", "")) >= wanted, revision);

const checks = {
  async "sessions are listed, found and sorted"() {
    for (const [id, count] of [["alpha", 3], ["beta", 1], ["gamma", 2]]) {
      for (let i = 0; i < count; i++) {
        await client.register(id, `v${i}`, "integer", i);
      }
    }

    const page = await browser.open(server.console);
    const names = () => page.$$eval(".sessions .row .name .clip", all => all.map(one => one.textContent));
    await page.waitForSelector(".row");
    equal(await names(), ["alpha", "beta", "gamma"]);
    await page.click(".table-head button:has-text('Variables')");
    equal(await names(), ["alpha", "gamma", "beta"]);
    await page.keyboard.press("/");
    await page.keyboard.type("*amm*");
    await page.waitForFunction(() => document.querySelectorAll(".sessions .row").length === 1);
    equal(await page.textContent('[data-testid="session-count"]'), "1 of 3 sessions");
    await page.context().close();
  },

  async "looking at the list does not keep a session alive"() {
    const page = await browser.open(server.console);
    await page.waitForSelector(".row");
    await client.bridge.initializeSession({ sessionId: "short-lived", config: { ttlSeconds: 8 } });
    await page.waitForSelector(".row:has-text('short-lived')");
    await page.waitForSelector(".row:has-text('short-lived')", { state: "detached" });
    await page.context().close();
  },

  async "the keyboard alone gets one from the list to a variable and back"() {
    const page = await browser.open(server.console, { slow: true });
    await page.waitForSelector(".row");
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Enter");
    await live(page);
    equal(await page.evaluate(() => location.hash), "#/session/alpha");
    await page.keyboard.press("j");
    await page.keyboard.press("j");
    await page.keyboard.press("j");
    await page.keyboard.press("Enter");
    await page.waitForSelector(".detail h2:has-text('v1')");
    await page.keyboard.press("Escape");
    await page.waitForSelector(".activity");
    await page.keyboard.press("g");
    await page.keyboard.press("w");
    await page.waitForSelector("h1:has-text('Workers')");
    await page.context().close();
  },

  async "a variable of each type shows its value and a picture"() {
    await fill(client);
    await tune(client, "prompt-tuning", 16);
    const page = await browser.open(session("prompt-tuning"));
    await live(page);
    const row = name => page.locator(`.variable[data-name="${name}"]`);
    equal(await row("model").locator(".value").textContent(), "large");
    equal(await row("use_examples").locator(".value").textContent(), "true");
    equal(await row("centroid").locator("canvas.heat").count(), 1);
    equal(await row("confusion").locator("canvas.heat").count(), 1);
    await row("temperature").locator("canvas.spark").waitFor();
    const colors = await row("centroid").locator("canvas").evaluate(
      canvas => new Set(canvas.getContext("2d").getImageData(0, 0, canvas.width, 1).data).size);
    holds(colors > 10, `the strip has ${colors} different bytes`);
    for (const [name, wanted] of [["model", ".timeline"], ["validation_score", ".chart canvas"], ["centroid", ".heat.big"], ["budget", "pre.current"]]) {
      await page.goto(session("prompt-tuning", "variables", name));
      await page.waitForSelector(`.detail h2:has-text('${name}')`);
      await page.waitForSelector(`.detail ${wanted}`);
    }

    await page.context().close();
  },

  async "a change arrives as it happens, with who made it and why"() {
    await client.register("watched", "x", "float", 1);
    const page = await browser.open(session("watched"));
    await live(page);
    await client.set("watched", "x", "float", 2.5, { changed_by: "somebody", why: "to be seen" });
    const entry = page.locator(".entry").first();
    await entry.locator("text=to be seen").waitFor();
    const text = await entry.textContent();
    holds(text.includes("x") && text.includes("1") && text.includes("2.5") && text.includes("somebody"), text);
    equal(await page.textContent('.variable[data-name="x"] .value'), "2.5");
    await page.context().close();
  },

  async "a value is set, under one's name, and refused as the server refuses it"() {
    await client.register("changed", "x", "float", 1, { min: 0, max: 2 });
    const page = await browser.open(session("changed", "variables", "x"));
    await live(page);
    await page.click("text=Set value");
    await page.fill("dialog input.mono", "3");
    await page.click("dialog .primary");
    await page.waitForSelector("dialog >> text=is above maximum 2");
    await page.fill("dialog input.mono", "1.75");
    await page.fill("dialog input:not(.mono):not([type=checkbox])", "by hand");
    await page.click("dialog .primary");
    await page.waitForSelector("dialog", { state: "detached" });
    await page.waitForSelector('[data-testid="current"]:has-text("1.75")');
    const [newest] = (await client.bridge.getVariableHistory({ sessionId: "changed", variableIdentifier: "x" })).entries;
    equal([newest.changedBy, newest.metadata.why, newest.version], ["console", "by hand", 1]);
    await page.context().close();
  },

  async "a set that comes too late is refused"() {
    await client.register("raced", "x", "integer", 1);
    const page = await browser.open(session("raced", "variables", "x"));
    await live(page);
    await page.click("text=Set value");
    await client.set("raced", "x", "integer", 2);
    await page.waitForSelector("dialog >> text=it is at 1 by now");
    await page.fill("dialog input.mono", "3");
    await page.click("dialog .primary");
    await page.waitForSelector("dialog >> text=expected version 0");
    await page.context().close();
  },

  async "a version is compared with the one before and rolled back to"() {
    await client.register("history", "prompt", "string", "Answer in two sentences.");
    await client.set("history", "prompt", "string", "Answer in two short sentences.", { changed_by: "tuner" });
    await client.set("history", "prompt", "string", "Answer in one word.", { changed_by: "tuner" });
    const page = await browser.open(session("history", "variables", "prompt"));
    await page.click('li[data-version="1"] .disclose');
    equal(await page.textContent('li[data-version="1"] ins'), "short ");
    await page.click('li[data-version="0"] >> text=Roll back');
    await page.waitForSelector("dialog del");
    await page.fill("dialog input", "it was better");
    await page.click("dialog .primary");
    await page.waitForSelector('li[data-version="3"]');
    equal(await page.textContent('[data-testid="current"]'), "Answer in two sentences.");
    const { variable } = await client.bridge.getVariable({ sessionId: "history", variableIdentifier: "prompt" });
    equal([new TextDecoder().decode(variable.value.value), variable.metadata.why], ['"Answer in two sentences."', "it was better"]);
    await page.context().close();
  },

  async "a tool is called with a form of its parameters, and its chunks are shown"() {
    const leave = await client.attach("prompt-tuning", "notebook", toolSpecs, answerTool);
    const page = await browser.open(session("prompt-tuning", "tools", "score_prompt"), { slow: true });
    await page.waitForSelector(".call h2:has-text('score_prompt')");
    holds(await page.isDisabled("button[type=submit]"), "it can be called without what it requires");
    await page.fill("textarea", "Be kind.");
    await page.click("button[type=submit]");
    await page.waitForSelector('[data-testid="result"] >> text=0.8731');
    await page.click(".tool-list a:has-text('stream_answers')");
    await page.waitForSelector(".call h2:has-text('stream_answers')");
    await page.fill(".call input.mono", "3");
    await page.click("button[type=submit]");
    await page.waitForFunction(() => document.querySelectorAll(".chunk").length === 3);
    await page.waitForSelector('[data-testid="result"] >> text=Result');
    await page.goto(`${server.console}#/workers`);
    await page.waitForSelector(".card:has-text('notebook'):has-text('ready')");
    leave();
    await page.context().close();
  },

  async "dependencies, watchers and the server are shown"() {
    const page = await browser.open(session("prompt-tuning", "graph"));
    await page.waitForSelector(".node:has-text('validation_score')");
    equal(await page.locator(".edge").count(), 7);
    await page.goto(session("prompt-tuning", "watchers"));
    await page.waitForSelector("td:has-text('everything')");
    await page.goto(`${server.console}#/server`);
    await page.waitForSelector(".tile:has-text('kept in SQLite')");
    await page.context().close();
  },

  async "markup in names, values and reasons stays text"() {
    const evil = "<img src=x onerror=\"window.broken=1\"><script>window.broken=1</script>";
    await client.register("hostile", "x", "string", evil, undefined, { why: evil, changed_by: evil });
    await client.register(evil.slice(0, 60), "y", "map", { [evil]: evil });
    const page = await browser.open(session("hostile", "variables", "x"));
    await page.waitForSelector(".history li");
    equal(await page.textContent('[data-testid="current"]'), evil);
    await client.set("hostile", "x", "string", `${evil} again`, { why: evil, changed_by: evil });
    await page.waitForSelector('li[data-version="1"]');
    await page.click('li[data-version="1"] .disclose');
    await page.goto(session("hostile", "activity"));
    await page.waitForSelector(".entry");
    await page.goto(server.console);
    await page.waitForSelector(".row >> text=onerror");
    equal(await page.evaluate(() => [window.broken, document.querySelectorAll("img").length, document.querySelectorAll("script").length]), [undefined, 0, 1]);
    await page.context().close();
  },

  async "after a crash of the server the page goes on where it was, and misses nothing"() {
    await client.register("resumed", "x", "integer", 0);
    const page = await browser.open(session("resumed"));
    await live(page);
    for (let i = 1; i <= 5; i++) {
      await client.set("resumed", "x", "integer", i);
    }

    const first = await revisionOf(page);
    await server.kill();
    await page.waitForSelector('[data-phase="lost"]');
    const said = await page.textContent('[data-testid="stale"]');
    holds(/What you see is revision/.test(said), said);
    holds(await page.isVisible(".variable"), "what was known is not shown any more");
    await server.start();
    client = connect(server.address);
    for (let i = 6; i <= 10; i++) {
      await client.set("resumed", "x", "integer", i);
    }

    const { revision } = await client.bridge.getSession({ sessionId: "resumed" });
    await live(page);
    await shows(page, Number(revision));
    const revisions = await page.$$eval(".entry", all => all.map(one => Number(one.dataset.revision)));
    holds(first <= Number(revision), "no revision was shown before");
    equal(revisions, Array.from({ length: 10 }, (_, i) => Number(revision) - i));
    equal(await page.locator("text=gap before this").count(), 0);
    equal(await page.textContent('.variable[data-name="x"] .value'), "10");
    await page.context().close();
  },

  async "while the server hangs the pages say so, and after it they go on and miss nothing"() {
    await client.register("hung", "x", "integer", 0);
    const list = await browser.open(server.console);
    await list.waitForSelector(".row:has-text('hung')");
    const page = await browser.open(session("hung"));
    await live(page);
    await client.set("hung", "x", "integer", 1);
    await page.waitForSelector(".entry");
    const before = await revisionOf(page);
    server.hang();
    try {
      const began = Date.now();
      await Promise.all([
        list.waitForSelector(".banner >> text=has not answered for"),
        page.waitForSelector('[data-phase="lost"]'),
      ]);
      const took = Date.now() - began;
      holds(took < 20_000, `it is said after ${took} ms`);
      const said = await page.textContent('[data-testid="stale"]');
      holds(/The server has not answered for \d+ s\. What you see is revision/.test(said), said);
      holds(await list.isVisible(".row:has-text('hung')"), "what was known is not shown any more");
      const set = client.set("hung", "x", "integer", 2);
      server.goOn();
      await set;
    } finally {
      server.goOn();
    }

    await client.set("hung", "x", "integer", 3);
    await live(page);
    await shows(page, before + 2);
    await list.waitForSelector(".banner", { state: "detached" });
    equal(await page.$$eval(".entry", all => all.map(one => Number(one.dataset.revision))), [before + 2, before + 1, before]);
    equal(await page.locator("text=gap before this").count(), 0);
    await page.context().close();
    await list.context().close();
  },

  async "a watch that is only quiet stays live"() {
    const quiet = new Server(program, "--heartbeat", "120");
    try {
      await quiet.start();
      await connect(quiet.address).register("quiet", "x", "integer", 0);
      const page = await browser.open(`${quiet.console}#/session/quiet`);
      await live(page);
      let watches = 0;
      page.on("request", request => {
        watches += Number(request.url().endsWith("/WatchVariables"));
      });
      await page.waitForTimeout(13_000);
      equal(await page.getAttribute('[data-testid="phase"]', "data-phase"), "live");
      equal(watches, 0);
      await page.context().close();
    } finally {
      await quiet.dispose();
    }
  },

  async "a session that ends is said to be over"() {
    await client.register("over", "x", "integer", 0);
    const page = await browser.open(session("over"));
    await live(page);
    await client.bridge.cleanupSession({ sessionId: "over" });
    await page.waitForSelector('[data-phase="ended"]');
    await client.register("over", "y", "integer", 0);
    await page.click("text=Look again");
    await live(page);
    await page.waitForSelector('.variable[data-name="y"]');
    await page.context().close();
  },

  async "ten thousand variables scroll, with few rows in the page"() {
    const names = Array.from({ length: 10_000 }, (_, i) => `variable_${i}`);
    for (let at = 0; at < names.length; at += 500) {
      await Promise.all(names.slice(at, at + 500).map((name, i) => client.register("large", name, "integer", at + i)));
    }

    const page = await browser.open(session("large"));
    await live(page);
    await page.waitForSelector(".variable");
    await page.selectOption("select", "name");
    await page.focus(".variables .list");
    await page.keyboard.press("End");
    await page.waitForSelector('.variable[data-name="variable_9999"]');
    const rows = await page.locator(".variable").count();
    holds(rows < 60, `${rows} rows are in the page`);
    await client.set("large", "variable_9998", "integer", -1);
    await page.waitForFunction(() => document.querySelector('.variable[data-name="variable_9998"] .value')?.textContent === "-1");
    await page.fill(".variables input[type=search]", "variable_77*");
    await page.waitForSelector('.variable[data-name="variable_77"]');
    await page.context().close();
  },

  async "a variable is deleted once one agrees, by the keyboard too"() {
    for (const name of ["a", "b", "c"]) {
      await client.register("emptied", name, "integer", 1);
    }

    const names = async () => (await client.bridge.listVariables({ sessionId: "emptied" })).variables.map(variable => variable.name);
    const page = await browser.open(session("emptied", "variables", "a"));
    await live(page);
    await page.click("text=Delete…");
    await page.keyboard.press("Enter");
    await page.waitForSelector("dialog", { state: "detached" });
    equal(await names(), ["a", "b", "c"]);
    await page.click("text=Delete…");
    await page.click("dialog .danger");
    await page.waitForSelector('.variable[data-name="a"]', { state: "detached" });
    await page.waitForSelector(".activity");
    await page.focus(".variables .list");
    await page.keyboard.press("j");
    await page.keyboard.press("j");
    await page.keyboard.press("Delete");
    await page.waitForSelector("dialog >> text=Delete c?");
    await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    await page.waitForSelector('.variable[data-name="c"]', { state: "detached" });
    equal(await names(), ["b"]);
    await page.context().close();
  },

  async "a session is ended once one agrees, by the keyboard too"() {
    for (const id of ["ending-1", "ending-2"]) {
      await client.register(id, "x", "integer", 1);
    }

    const page = await browser.open(session("ending-1"));
    await live(page);
    await page.click("text=End…");
    await page.waitForSelector("dialog[open]");
    await page.keyboard.press("Escape");
    await page.waitForSelector("dialog", { state: "detached" });
    await live(page);
    await page.click("text=End…");
    await page.click("dialog .danger");
    await page.waitForSelector('[data-phase="ended"]');
    await page.goto(server.console);
    await page.waitForSelector(".row");
    await page.keyboard.press("/");
    await page.keyboard.type("ending-");
    await page.waitForFunction(() => document.querySelectorAll(".sessions .row").length === 1);
    await page.focus(".sessions .list");
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Delete");
    await page.waitForSelector("dialog >> text=End ending-2?");
    await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    await page.waitForSelector("text=No session matches");
    const { sessions } = await client.sessions.listSessions({ pageSize: 1000 });
    equal(sessions.filter(one => one.sessionId.startsWith("ending-")).length, 0);
    await page.context().close();
  },

  async "where the server wants a token the page asks for it, and goes on with it"() {
    const token = "a-token-that-nobody-could-guess";
    const file = join(server.data, "access.json");
    writeFileSync(file, JSON.stringify({
      principals: { me: { grants: [{ sessions: "*", rights: ["read", "write", "watch", "call_tools", "serve_tools", "administer"] }] } },
      tokens: [{ sha256: createHash("sha256").update(token).digest("hex"), principal: "me" }],
    }));
    const closed = new Server(program, "--access", file);
    try {
      await closed.start();
      await connect(closed.address, token).register("closed", "x", "integer", 1);
      const page = await browser.open(`${closed.console}#/session/closed`);
      await page.waitForSelector('[data-testid="token-wanted"]');
      await page.screenshot({ path: join(server.data, "token.png") });

      // With a wrong token, a poll is refused at once; the next one and the watch only after the right token was given.
      let polls = 0;
      const isPoll = request => request.url().endsWith("/DescribeSession");
      const isWrong = request => request.headers().authorization === "Bearer another";
      let refuse;
      const isLate = new Promise(resolve => { refuse = resolve; });
      await page.route(/WatchVariables|DescribeSession/, async route => {
        const request = route.request();
        if (isWrong(request) && (!isPoll(request) || polls++ === 1)) {
          await isLate;
        }

        await route.continue();
      });
      const watch = page.waitForRequest(request => isWrong(request) && !isPoll(request));
      await page.fill("input[type=password]", "another");
      await page.click("button[type=submit]");
      await watch;
      await page.waitForSelector('[data-testid="token-wanted"]');
      await page.waitForRequest(request => isWrong(request) && isPoll(request));
      const answered = page.waitForResponse(response => isWrong(response.request()) && isPoll(response.request()));
      await page.fill("input[type=password]", token);
      await page.click("button[type=submit]");
      refuse();
      await answered;
      await live(page);
      await page.waitForSelector('[data-testid="token-wanted"]', { state: "detached" });
      await page.goto(closed.console);
      await page.waitForSelector(".row:has-text('closed')");
      equal(await page.evaluate(secret => Object.values(localStorage).includes(secret), token), false);
      await page.context().close();
    } finally {
      await closed.dispose();
    }
  },

  async "dark and light follow the system, and one's own choice goes before it"() {
    const page = await browser.open(server.console, { colorScheme: "dark" });
    await page.waitForSelector(".row");
    const ground = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    equal(await ground(), "rgb(14, 18, 19)");
    await page.click("[aria-label='Light or dark']");
    equal(await ground(), "rgb(244, 246, 246)");
    await page.reload();
    await page.waitForSelector(".row");
    equal(await ground(), "rgb(244, 246, 246)");
    await page.context().close();
  },

  async "on a phone nothing is wider than the screen, and a variable has the screen to itself"() {
    const page = await browser.open(server.console, { viewport: { width: 360, height: 780 }, hasTouch: true, isMobile: true });
    // What lies beyond, unless it is in something that is meant to be moved sideways, or cut.
    const beyond = () => page.evaluate(() => [...document.querySelectorAll("body *")].filter(one => {
      for (let around = one.parentElement; around; around = around.parentElement) {
        if (getComputedStyle(around).overflowX !== "visible" && around.getBoundingClientRect().right <= innerWidth) {
          return around.matches(".page, .panel, .detail-body") && one.getBoundingClientRect().right > innerWidth;
        }
      }

      return one.getBoundingClientRect().right > innerWidth;
    }).map(one => `${one.tagName} ${one.className}`));
    await page.waitForSelector(".row");
    // A phone shows a page that is too wide smaller, and calls that its width.
    equal(await page.evaluate(() => innerWidth), 360);
    equal(await beyond(), []);
    for (const part of ["variables", "activity", "graph", "tools", "watchers"]) {
      await page.goto(session("prompt-tuning", part));
      await live(page);
      equal(await beyond(), []);
    }

    await page.goto(session("prompt-tuning", "variables"));
    await page.click('.variable[data-name="temperature"]');
    await page.waitForSelector(".detail");
    holds(!(await page.isVisible(".variables")), "the list is still there");
    await page.context().close();
  },

  async "ten thousand sessions scroll and are searched, with few rows in the page"() {
    const ids = Array.from({ length: 10_000 }, (_, i) => `crowd-${i}`);
    for (let at = 0; at < ids.length; at += 500) {
      await Promise.all(ids.slice(at, at + 500).map(id => client.begin(id)));
    }

    const page = await browser.open(server.console);
    await page.waitForFunction(() => /^10,0\d\d sessions$/.test(document.querySelector('[data-testid="session-count"]').textContent.trim()));
    const rows = () => page.locator(".sessions .row").count();
    await page.focus(".sessions .list");
    for (let at = 0; at < 20; at++) {
      await page.keyboard.press("PageDown");
    }

    await page.evaluate(() => { document.querySelector(".sessions .list").scrollTop = 5_000 * 40; });
    await page.waitForFunction(() => [...document.querySelectorAll(".sessions .row .name .clip")].some(one => /^crowd-49\d\d$/.test(one.textContent)));
    holds(await rows() < 60, `${await rows()} rows are in the page`);
    await page.keyboard.press("End");
    await page.waitForFunction(() => [...document.querySelectorAll(".sessions .row")].some(one => one.ariaPosInSet === one.ariaSetSize));
    await page.click(".table-head button:has-text('Session')");
    await page.waitForSelector(".row:has-text('watched') >> nth=0");
    await page.fill(".page-head input[type=search]", "*-777*");
    await page.waitForFunction(() => /^11 of 10,0/.test(document.querySelector('[data-testid="session-count"]').textContent));
    holds(await rows() === 11, `${await rows()} rows are in the page`);
    await page.context().close();
  },

  async "no page asks another server for anything, breaks its policy, or throws"() {
    equal(browser.troubles, []);
  },
};

let failed = 1;
try {
  await server.start();
  client = connect(server.address);
  await browser.start();
  // A browser that starts, or a server that is killed and comes back, may take longer than a call.
  failed = await run(Object.fromEntries(Object.entries(checks).filter(([name]) => name.includes(only))), 60_000);
} catch (error) {
  console.error(error);
} finally {
  await browser.stop();
  await server.dispose();
  if (failed > 0) {
    console.error(server.log);
  }
}

process.exit(failed === 0 ? 0 : 1);
