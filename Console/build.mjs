// Makes the console: messages out of protos/, one script and one stylesheet named after their contents, each also
// compressed, and the page that names them. Arguments: protoc, the folder of google/protobuf/*.proto, the folder to fill.
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import { build } from "esbuild";

const here = fileURLToPath(new URL(".", import.meta.url));
const [protoc = "protoc", imports = "/usr/include", target = join(here, "obj", "web")] = process.argv.slice(2);
const generated = join(here, "obj", "web", "messages");
const dist = join(target, "dist");
const protos = join(here, "..", "protos");

rmSync(dist, { recursive: true, force: true });
rmSync(generated, { recursive: true, force: true });
mkdirSync(join(dist, "assets"), { recursive: true });
mkdirSync(generated, { recursive: true });
execFileSync(
  protoc,
  [
    `--plugin=protoc-gen-es=${join(here, "node_modules", ".bin", process.platform === "win32" ? "protoc-gen-es.cmd" : "protoc-gen-es")}`,
    `-I${protos}`, `-I${imports}`, `--es_out=${generated}`, "--es_opt=target=ts",
    "snakepit_bridge.proto", "snakepit_sessions.proto", "snakepit_tools.proto",
  ],
  { stdio: "inherit" });

const result = await build({
  absWorkingDir: here,
  entryPoints: { console: "source/main.tsx", style: "source/style.css" },
  outdir: join(dist, "assets"),
  entryNames: "[name]-[hash]",
  assetNames: "[name]-[hash]",
  bundle: true,
  minify: true,
  metafile: true,
  format: "esm",
  target: ["es2022"],
  jsx: "automatic",
  jsxImportSource: "preact",
  legalComments: "eof",
  loader: { ".svg": "file" },
  alias: { "#messages": generated },
  nodePaths: [join(here, "node_modules")],
  logLevel: "warning",
});
const named = Object.keys(result.metafile.outputs).map(path => basename(path));
const icon = readFileSync(join(here, "source", "icon.svg"));
const iconName = `icon-${createHash("sha256").update(icon).digest("hex").slice(0, 8)}.svg`;
writeFileSync(join(dist, "assets", iconName), icon);
const page = readFileSync(join(here, "source", "index.html"), "utf8")
  .replace("{script}", named.find(name => /^console-.*\.js$/.test(name)))
  .replace("{style}", named.find(name => /^style-.*\.css$/.test(name)))
  .replace("{icon}", iconName);
writeFileSync(join(dist, "index.html"), page);
for (const name of ["index.html", iconName, ...named]) {
  const path = name === "index.html" ? join(dist, name) : join(dist, "assets", name);
  const content = readFileSync(path);
  writeFileSync(`${path}.br`, brotliCompressSync(content, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } }));
  writeFileSync(`${path}.gz`, gzipSync(content, { level: 9 }));
}
