// Bundles client.ts, which is TypeScript and uses what Console's build makes of protos/.
import { existsSync, mkdirSync } from "node:fs";
import { fileURLToPath, pathToFileURL } from "node:url";
import { join } from "node:path";
import { build } from "esbuild";

const here = fileURLToPath(new URL(".", import.meta.url));
const messages = join(here, "..", "..", "Console", "obj", "web", "messages");

export async function loadClient() {
  if (!existsSync(messages)) {
    throw new Error("the console is not built: build Console first");
  }

  const folder = join(here, "obj");
  mkdirSync(folder, { recursive: true });
  const outfile = join(folder, "client.mjs");
  await build({
    entryPoints: [join(here, "client.ts")], outfile, bundle: true, platform: "node", format: "esm",
    alias: { "#messages": messages }, nodePaths: [join(here, "node_modules")], packages: "bundle", logLevel: "warning",
    external: ["@connectrpc/*", "@bufbuild/*"],
  });
  return import(pathToFileURL(outfile).href);
}
