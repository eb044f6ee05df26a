/** Coming in, in Chinese. */
import type { door as English } from "../en/door";

export const door: typeof English = {
  title: "请进",
  about: "Tau 属于你自己：只有你有钥匙。`tau link` 给出的链接不用密码就能打开。",
  name: "名字",
  password: "密码",
  newPassword: "选一个密码",
  code: "恢复码",
  signIn: "登录",
  useCode: "使用恢复码",
  usePassword: "使用密码",
  accept: "接受邀请",
  acceptTitle: "你收到了邀请",
  acceptAbout: "选一个名字和密码。你与 Tau 的生活由它们封存：别人都无法阅读，邀请你的人也不能。",
  entering: "正在开门……",
};
