// The real executable, with an admin port of its own, over a data folder that outlives it.
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";

export class Server {
  #process;
  log = "";

  #options;

  /**
   * @param program The path of snakepit.dll.
   * @param options Of its command line, besides those that say where it is.
   */
  constructor(program, ...options) {
    this.program = program;
    this.#options = options;
    this.data = mkdtempSync(join(tmpdir(), "snakepit-console-"));
  }

  get address() {
    return `http://127.0.0.1:${this.port}`;
  }

  get console() {
    return `http://localhost:${this.admin}/`;
  }

  /** Starts it; again: on the ports and the data that it had. */
  async start() {
    this.port ??= await freePort();
    this.admin ??= await freePort();
    const environment = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith("SNAKEPIT_")));
    this.#process = spawn(
      process.env.DOTNET_HOST_PATH ?? "dotnet",
      [this.program, "serve", "--port", `${this.port}`, "--data", this.data, "--admin", `localhost:${this.admin}`, ...this.#options],
      { stdio: ["ignore", "pipe", "pipe"], env: environment });
    this.#process.stderr.on("data", text => { this.log += text; });
    for await (const line of createInterface({ input: this.#process.stdout })) {
      if (line.startsWith("GRPC_READY:")) {
        await this.#answers();
        return;
      }
    }

    throw new Error(`the server did not start:\n${this.log}`);
  }

  /** Ends it as a crash does. */
  async kill() {
    const gone = new Promise(resolve => this.#process.once("exit", resolve));
    this.#process.kill("SIGKILL");
    await gone;
  }

  /** Makes it hang, as a machine that is out of memory does: its connections stay, and nothing is answered. */
  hang() {
    this.#process.kill("SIGSTOP");
  }

  goOn() {
    this.#process.kill("SIGCONT");
  }

  async dispose() {
    if (this.#process && this.#process.exitCode === null && this.#process.signalCode === null) {
      await this.kill();
    }

    rmSync(this.data, { recursive: true, force: true });
  }

  // The line is of the gRPC port; the other opens a moment later.
  async #answers() {
    for (let tries = 0; tries < 600; tries++) {
      try {
        await fetch(`${this.console}healthz`);
        return;
      } catch {
        await new Promise(resolve => setTimeout(resolve, 25));
      }
    }

    throw new Error("the admin port does not answer");
  }
}

// Below the ports that the kernel, by default, gives to connections: what is free now is still free when the server has started.
async function freePort() {
  for (;;) {
    const port = 16384 + Math.floor(Math.random() * 16384);
    const probe = createServer();
    try {
      await new Promise((resolve, reject) => {
        probe.once("error", reject);
        probe.listen(port, "127.0.0.1", () => probe.close(resolve));
      });
      return port;
    } catch (taken) {
      if (taken.code !== "EADDRINUSE") {
        throw taken;
      }
    }
  }
}
