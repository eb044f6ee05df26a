/** Being without Tau for a while, in Chinese. */
import type { offline as English } from "../en/offline";

export const offline: typeof English = {
  sent: "Tau 不在时你写的话已经送出。",
  show: "查看",
  refused: (words, why) => `“${words}”无法送出：${why}`,
  elsewhere: "改在新对话里说",
};
