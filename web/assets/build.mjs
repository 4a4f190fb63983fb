// Builds dist/: two style sheets (left-to-right and right-to-left), the optional script, the mark.
// Names carry a hash of the content, manifest.json maps plain names to them, and every text file
// gets its Brotli and gzip twins, which WhiteNoise serves as they are.
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import * as esbuild from "esbuild";
import rtlcss from "rtlcss";
import * as sass from "sass";

const here = dirname(fileURLToPath(import.meta.url));
const dist = join(here, "dist");
const manifest = {};

function write(name, content) {
  const bytes = Buffer.from(content);
  const hash = createHash("sha256").update(bytes).digest("hex").slice(0, 12);
  const dot = name.lastIndexOf(".");
  const hashed = `${name.slice(0, dot)}.${hash}${name.slice(dot)}`;
  const quality = { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } };
  writeFileSync(join(dist, hashed), bytes);
  writeFileSync(join(dist, `${hashed}.br`), brotliCompressSync(bytes, quality));
  writeFileSync(join(dist, `${hashed}.gz`), gzipSync(bytes, { level: 9 }));
  manifest[name] = hashed;
}

async function minified(css) {
  const { code } = await esbuild.transform(css, { loader: "css", minify: true });
  return code;
}

rmSync(dist, { recursive: true, force: true });
mkdirSync(dist, { recursive: true });

const { css } = sass.compile(join(here, "scss", "passerelle.scss"), {
  loadPaths: [join(here, "node_modules")],
  quietDeps: true,
});
write("passerelle.ltr.css", await minified(css));
write("passerelle.rtl.css", await minified(rtlcss.process(css)));

const script = await esbuild.build({
  entryPoints: [join(here, "js", "passerelle.js")],
  bundle: true,
  minify: true,
  write: false,
  format: "esm",
  target: "es2022",
  legalComments: "none",
});
write("passerelle.js", script.outputFiles[0].contents);
write("mark.svg", readFileSync(join(here, "images", "mark.svg")));

writeFileSync(join(dist, "manifest.json"), `${JSON.stringify(manifest, null, 2)}\n`);
