/** Start, in Chinese. */
import type { start as English } from "../en/start";

export const start: typeof English = {
  title: "欢迎",
};
