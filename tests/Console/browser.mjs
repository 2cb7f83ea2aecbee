// Chromium, and pages of it that tell on themselves: what they ask for elsewhere, what they may not do, what they throw.
import { existsSync } from "node:fs";
import { chromium } from "playwright-core";

const places = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

export class Browser {
  #browser;
  troubles = [];

  /** Whether there is one to run. */
  static get path() {
    return places.find(place => existsSync(place));
  }

  async start() {
    // In containers there is no namespace to build its sandbox of; it visits this server alone.
    this.#browser = await chromium.launch({ executablePath: Browser.path, args: ["--no-sandbox", "--disable-gpu"] });
  }

  /** A page of a browser that has never been here; on a slow machine its frames come 150 ms late. */
  async open(url, { slow = false, ...options } = {}) {
    const context = await this.#browser.newContext({ viewport: { width: 1280, height: 800 }, locale: "en-GB", ...options });
    const page = await context.newPage();
    page.setDefaultTimeout(40_000);
    if (slow) {
      await page.addInitScript(() => {
        const frame = window.requestAnimationFrame.bind(window);
        window.requestAnimationFrame = draw => window.setTimeout(() => frame(draw), 150);
        window.cancelAnimationFrame = id => window.clearTimeout(id);
      });
    }

    const { origin } = new URL(url);
    page.on("request", request => {
      if (new URL(request.url()).origin !== origin) {
        this.troubles.push(`a request to ${request.url()}`);
      }
    });
    page.on("pageerror", error => this.troubles.push(`an exception: ${error.message}`));
    page.on("console", message => {
      // That a server which was killed does not answer is for the page to say, and Chromium says it too.
      if (message.type() === "error" && !/ERR_CONNECTION|ERR_INCOMPLETE|ERR_EMPTY|ERR_NETWORK/.test(message.text())) {
        this.troubles.push(`an error of the console: ${message.text()}`);
      }
    });
    await page.goto(url);
    return page;
  }

  async stop() {
    await this.#browser?.close();
  }
}
