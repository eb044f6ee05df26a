import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { brotliCompress, constants, gzip } from "node:zlib";
import type { Plugin } from "vite";

const TEXT = /\.(?:css|html|js|json|svg|txt|webmanifest)$/;
const LEAST_BYTES = 1024;
const toBrotli = promisify(brotliCompress);
const toGzip = promisify(gzip);

/** Writes a `.br` and a `.gz` file next to every text file of the build, which Tau sends as they are. */
export function compressed(): Plugin {
  return {
    name: "tau-compressed",
    apply: "build",
    async writeBundle({ dir }) {
      if (dir) {
        const entries = await readdir(dir, { recursive: true, withFileTypes: true });
        const texts = entries.filter((entry) => entry.isFile() && TEXT.test(entry.name));
        await Promise.all(texts.map((entry) => compress(join(entry.parentPath, entry.name))));
      }
    },
  };
}

async function compress(path: string): Promise<void> {
  const plain = await readFile(path);
  if (plain.length > LEAST_BYTES) {
    const hint = { [constants.BROTLI_PARAM_SIZE_HINT]: plain.length };
    await writeFile(`${path}.br`, await toBrotli(plain, { params: hint }));
    await writeFile(`${path}.gz`, await toGzip(plain, { level: 9 }));
  }
}
