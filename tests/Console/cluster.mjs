// Checks of a gateway's console in a real Chromium, against a cluster of two silos and three gateways that somebody else runs.
// Arguments: for each of two open gateways its HOST:PORT and the address of its console; the same of a gateway that wants a
// token; the token; the addresses of the silos, with a comma between.
// Prints a line a check: `ok NAME` or `FAIL NAME: why`.
import { Browser } from "./browser.mjs";
import { equal, holds, run } from "../Interop/node/checks.mjs";
import { loadClient } from "./clients.mjs";

const [first, console_, second, , closed, closedConsole, token, addresses, shots = ""] = process.argv.slice(2);
const silos = addresses.split(",");
const browser = new Browser();
const { connect } = await loadClient();
const client = connect(`http://${first}`);
const other = connect(`http://${second}`);
const live = page => page.waitForSelector('[data-phase="live"]');
const picture = (page, name) => shots ? page.screenshot({ path: `${shots}/${name}.png` }) : undefined;

const checks = {
  async "silos and gateways are shown, and which of them answers"() {
    const page = await browser.open(`${console_}#/server`);
    await page.waitForSelector("h1:has-text('Cluster')");
    for (const silo of silos) {
      await page.waitForSelector(`tr:has-text('${silo}') >> text=active`);
    }

    for (const gateway of [first, second]) {
      await page.waitForSelector(`tr:has-text('${gateway}')`);
    }

    equal(await page.locator("tr:has-text('this one')").count(), 1);
    holds((await page.textContent("tr:has-text('this one')")).includes(first), "another gateway answers");
    await page.waitForSelector(".tile:has-text('PostgreSQL')");
    await picture(page, "cluster");
    await page.context().close();
  },

  async "where a session lives is told in the list and on its page"() {
    for (let i = 0; i < 12; i++) {
      await client.register(`placed-${i}`, "x", "integer", i);
    }

    const page = await browser.open(console_);
    await page.waitForSelector(".table-head:has-text('Lives on')");
    const row = page.locator(".row:has-text('placed-7')");
    await row.waitFor();
    const home = (await row.locator(".mono").last().textContent()).trim();
    holds(silos.includes(home), `it lives on ${home}, of ${silos}`);
    await picture(page, "cluster-sessions");
    await row.click();
    await live(page);
    await page.waitForSelector(`.facts:has-text('on ${home}')`);
    await page.context().close();
  },

  async "a change made through another gateway arrives, and a host that is attached there is called"() {
    await client.register("spread", "x", "integer", 1);
    const page = await browser.open(`${console_}#/session/spread`);
    await live(page);
    await other.set("spread", "x", "integer", 2, { changed_by: "elsewhere" });
    await page.waitForFunction(() => document.querySelector('.variable[data-name="x"] .value')?.textContent === "2");
    const leave = await other.attach("spread", "far-host", [{ name: "far", description: "Elsewhere.", supportsStreaming: false, parameters: [] }], () => ({ from: "far" }));
    await page.goto(`${console_}#/session/spread/tools/far`);
    await page.click("button[type=submit]");
    await page.waitForSelector('[data-testid="result"] >> text=far');
    leave();
    await page.context().close();
  },

  async "a session is ended through a gateway, and its watcher at another is told"() {
    await client.register("ended-here", "x", "integer", 1);
    const page = await browser.open(`${console_}#/session/ended-here`);
    await live(page);
    await page.click("text=End…");
    await page.click("dialog .danger");
    await page.waitForSelector('[data-phase="ended"]');
    equal((await other.sessions.listSessions({ pageSize: 1000 })).sessions.filter(one => one.sessionId === "ended-here").length, 0);
    await page.context().close();
  },

  async "a gateway that wants a token is given it in the page"() {
    await connect(`http://${closed}`, token).register("behind", "x", "integer", 1);
    const page = await browser.open(`${closedConsole}#/session/behind`);
    await page.waitForSelector('[data-testid="token-wanted"]');
    await picture(page, "token");
    await page.fill("input[type=password]", token);
    await page.click("button[type=submit]");
    await live(page);
    await page.waitForSelector('[data-testid="token-wanted"]', { state: "detached" });
    await page.context().close();
  },

  async "no page asks another server for anything, breaks its policy, or throws"() {
    equal(browser.troubles, []);
  },
};

let failed = 1;
try {
  await browser.start();
  failed = await run(checks, 60_000);
} catch (error) {
  console.error(error);
} finally {
  await browser.stop();
}

process.exit(failed === 0 ? 0 : 1);
