import tailwindcss from "@tailwindcss/vite";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";
import { compressed } from "./plugins/compressed.ts";
import { serviceWorker } from "./plugins/service-worker.ts";

// The app is built into the Python package, which serves it; in development Vite forwards to a running Tau.
const TAU = process.env.TAU_URL ?? "http://127.0.0.1:6283";
export default defineConfig({
  plugins: [react(), tailwindcss(), serviceWorker(), compressed()],
  build: {
    outDir: "../src/tau/server/web",
    emptyOutDir: true,
    target: "es2022",
    cssTarget: ["chrome123", "safari17.5", "firefox120"],
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
  },
  server: {
    host: "127.0.0.1",
    proxy: {
      "/api": { target: TAU, headers: { origin: TAU } },
    },
  },
});
