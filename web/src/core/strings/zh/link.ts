/** A sign-in link in a browser that is signed in, in Chinese. */
import type { link as English } from "../en/link";

export const link: typeof English = {
  asks: (name) => `你已登录为 ${name}。这个链接会让此浏览器重新登录，也可能登录到别人的账号。`,
  stay: "保持当前登录",
  use: "使用链接登录",
};
