/** The first run, in Chinese. */
import type { start as English } from "../en/start";

export const start: typeof English = {
  title: "欢迎",
  hello: "你好，我是 Tau。",
  helloAbout: "你告诉我的事，我在每台设备上都记得。我属于你：你说的话用你自己的钥匙封存。",
  step: (step, of) => `第 ${step} 步，共 ${of} 步`,
  language: "语言",
  name: "我该怎么称呼你？",
  next: "继续",
  skip: "跳过",
  brain: "我该用哪个大脑思考？",
  brainAbout: "随时可以在设置里更改。",
  asIs: (name) => `保持现状：${name}`,
  asIsAbout: "设置 Tau 时已经选好。",
  builtIn: "内置的",
  builtInAbout:
    "1.35 亿参数：快、私密、随时可用，但非常小，只会英文。记得牢，却常常说错：在你有更好的之前，它是个替身。",
  builtInBetter: (name, size) =>
    `可以马上回答。适合这台机器的更好模型 ${name}（${size}）会在后台下载，完成后自动换上。`,
  builtInMissing: (size) => `需要先下载：${size}。`,
  found: (name) => name,
  foundAbout: (about) => `${about}。什么都不会离开这台机器。`,
  foundBy: (about) =>
    about.replace(/^(.+) on this machine \(port (\d+)\)$/, "这台机器上的 $1（端口 $2）"),
  looking: "正在这台机器上寻找模型……",
  stronger: "更强的开放模型",
  strongerAbout: (about, size, licence) => `${about}下载 ${size}；许可证 ${licence}。`,
  strongerPick: "哪一个？",
  strongerNote: "可以马上开始：下载期间由内置的回答，下载完成后自动换成它。",
  strongerHere: "它已经在这里了。",
  endpoint: "端点和密钥",
  endpointAbout: "你自己的服务器，或云服务。先试用，再采用。",
  endpointFirst: "请先试用并保存端点，然后开始。",
  endpointKept: (name) => `已保存 ${name}。`,
  learns: "让它从我说的话中得出事实",
  learnsHere: "它在没有人等待时读你的话。你的话留在这台机器上。",
  learnsThere: "你的话会在没有人等待时，几条一起再发送到那里一次。付费的端点会为此计费。",
  begin: "开始",
  beginning: "请稍候……",
  back: "返回",
  downloadBegun: (name) => `${name} 正在下载。在设置里可以看到进度。`,
};
