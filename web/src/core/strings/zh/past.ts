/** Past, in Chinese. */
import type { past as English } from "../en/past";

export const past: typeof English = {
  title: "往事",
};
