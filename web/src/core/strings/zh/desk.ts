/** 对话旁打开的内容。 */

import type { desk as English } from "../en/desk";

export const desk: typeof English = {
  open: "打开",
  isOpen: "已在旁边打开",
  notHere: "这里无法显示。",
};
