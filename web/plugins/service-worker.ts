import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { build, type Plugin, type Rolldown } from "vite";

/** The files of `public/` to cache. The system keeps the icons of an installed app. */
const PUBLIC = ["icon.svg", "manifest.webmanifest"];

/** Emits `/sw.js`: `src/sw.ts` as one file, with the list of files to cache and the cache's name. */
export function serviceWorker(): Plugin {
  let root = ".";
  return {
    name: "tau-service-worker",
    apply: "build",
    enforce: "post",
    configResolved(config) {
      root = config.root;
    },
    generateBundle: {
      order: "post",
      async handler(_options, bundle) {
        const hash = createHash("sha256");
        const names = Object.keys(bundle)
          .filter((name) => !name.endsWith(".map"))
          .sort();
        for (const name of names) hash.update(name).update(contentOf(bundle[name]));
        for (const name of PUBLIC) hash.update(await readFile(join(root, "public", name)));
        hash.update(await worker(root, [], ""));
        const files = names.map((name) => (name === "index.html" ? "/" : `/${name}`));
        files.push(...PUBLIC.map((name) => `/${name}`));
        const source = await worker(root, files, hash.digest("hex").slice(0, 12));
        this.emitFile({ type: "asset", fileName: "sw.js", source });
      },
    },
  };
}

function contentOf(output: Rolldown.OutputAsset | Rolldown.OutputChunk | undefined) {
  if (!output) return "";
  return output.type === "chunk" ? output.code : output.source;
}

async function worker(root: string, files: string[], version: string): Promise<string> {
  const built = await build({
    root,
    configFile: false,
    publicDir: false,
    logLevel: "warn",
    define: { __FILES__: JSON.stringify(files), __VERSION__: JSON.stringify(version) },
    build: {
      write: false,
      target: "es2022",
      modulePreload: false,
      rolldownOptions: {
        input: join(root, "src/sw.ts"),
        output: { format: "iife", entryFileNames: "sw.js" },
      },
    },
  });
  const { output } = (Array.isArray(built) ? built[0] : built) as Rolldown.RolldownOutput;
  if (output.length !== 1) throw new Error("The service worker is not one file.");
  return output[0].code;
}
