/** Signing in with an account elsewhere, in Chinese. */
import type { provider as English } from "../en/provider";

export const provider: typeof English = {
  signIn: (name) => `用 ${name} 继续`,
  join: (name) => `用 ${name} 加入`,
  refused: (code) =>
    ({
      account_not_linked:
        "这里没有人使用那个账户。请先用原来的方式登录，再到“设置 > 设备”里添加它；或者请这个 Tau 的主人发一个邀请。",
      bad_input:
        "无法添加那个账户：需要先在“设置 > 账户”里打开“离开时学习”，Tau 才能打开你的数据。",
      conflict: "那个账户已经属于这个 Tau 的另一个人。",
      provider_unavailable: "负责登录的服务没有回应，请再试一次。",
    })[code] ?? "没有登录成功。请在这个浏览器里重新开始，或者换一种方式登录。",
  title: (name) => `用 ${name} 登录`,
  about: (name) =>
    `关联之后，你在 ${name} 的账户可以在任何设备上登录。${name} 只知道你什么时候登录。需要打开“离开时学习”：那样 Tau 用自己的密钥打开你的数据。`,
  linkedOn: (day) => `关联于 ${day}。`,
  link: "关联我的账户",
  unlink: "取消关联",
};
