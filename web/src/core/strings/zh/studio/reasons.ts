/** Tau's own sentences about lines and runs, in Chinese: they come in English with a code or alone. */

const LINES: Record<string, string> = {
  "It isn't valid JSON: names and texts need double quotes.":
    "不是有效的 JSON：名称和文本要用双引号。",
  "It isn't an object with messages.": "不是带 messages 的对象。",
  "It isn't valid JSON.": "不是有效的 JSON。",
  "Examples with tools can't be used.": "不能使用带工具调用的样本。",
  "There's text outside of any object.": "对象之外有多余的文字。",
  "Its brackets aren't closed, so nothing after it could be read.":
    "括号没有闭合，后面的内容都无法读取。",
  "It's longer than 1 MB.": "超过 1 MB。",
  "It isn't UTF-8 text. Save the file as UTF-8.": "不是 UTF-8 文本，请把文件保存为 UTF-8。",
  "Its quotes don't match.": "引号不成对。",
  "A cell has more than 131,072 characters.": "有单元格超过 131,072 个字符。",
  "It has more cells than there are columns.": "单元格比列还多。",
  "It's empty.": "内容为空。",
  "It's missing.": "缺少这一项。",
  "Pairs of preferred answers can't be used yet; use messages.":
    "这里不能使用偏好对，请使用 messages。",
  "Name it as the column of the instructions to use it.": "要使用它，请把它选为指令列。",
  "The last message must be the assistant's: it's the answer.":
    "最后一条消息必须是 assistant 的，它就是回答。",
  "Every answer has weight 0, so there's nothing to learn.":
    "所有回答的权重都是 0，没有可学的内容。",
  "There's no message of the user.": "没有用户的消息。",
  "It must be a list of messages.": "必须是消息列表。",
  "A message must be an object with role and content.": "每条消息必须是带 role 和 content 的对象。",
  "The role must be system, user or assistant.": "role 必须是 system、user 或 assistant。",
  "The weight must be 0 or 1.": "weight 必须是 0 或 1。",
  "The content must be text.": "内容必须是文本。",
  "Only text can be used: no images, audio or files.": "只能使用文本，不能使用图片、音频或文件。",
};

const FAILURES: Record<string, string> = {
  adapter_damaged: "训练程序写出的适配器已损坏。请重新训练。",
  bad_input: "这些内容无法用来训练。",
  base_changed: "基础模型的文件已不是开始时的那一个。",
  base_missing: "找不到基础模型的文件，请先下载。",
  base_unsupported: "这个基础模型不能训练。",
  data_changed: "训练数据的文件被改动过。",
  diverged: "损失不再下降，反而失控了。请降低学习率再试。",
  environment_missing: "训练环境缺失或不完整。请在服务器上运行 tau studio setup。",
  examples_withdrawn: "它用到的样本被撤回了。请重新开始，不再使用它们。",
  files_missing: "这次训练的文件不见了。请重新开始。",
  internal: "Tau 内部出了问题，已记入日志。",
  interrupted: "检查文件时 Tau 停止了运行。请重新开始。",
  invalid_document: "训练文档无法使用。",
  invalid_training_file: "训练数据无法使用。",
  invalid_validation_file: "验证数据无法使用。",
  no_memory: "内存不足。每次计算的词元少一些，需要的内存也少。",
  no_space: "磁盘已满。请腾出空间后重新开始。",
  worker_crashed: "训练程序一再意外退出，可能是内存不足。",
};

const PAUSES: readonly (readonly [RegExp, string])[] = [
  [/^It reached its limit of (\d+) seconds\.$/, "达到 $1 秒的时间上限。"],
  [/limit/, "达到上限。"],
  [/^It was rendered for (\S+) as (.*)\.$/, "将在别处训练（$1，$2）。"],
];

const WARNING = /^(\d+) of the (\d+) examples contradict another one/;

/** Return why a line couldn't be read. */
export const unreadReason = (reason: string): string => LINES[reason] ?? "这一行无法使用。";

/** Return what a check says of lines that couldn't be read: `Lines 3, 5, FIELD: REASON`. */
export function unreadFinding(sentence: string): string {
  const found = /^Lines? ([\d, ]+)(?: and (\d+) more)?(?:, ([^:]*))?: (.*)$/.exec(sentence);
  if (!found) return unreadReason(sentence);
  const [, numbers = "", more, field, reason = ""] = found;
  const lines = numbers.replace(/, $/, "").replaceAll(", ", "、");
  const where = `第 ${lines} 行${more ? `等，另有 ${more} 行` : ""}`;
  return `${where}${field ? `，${field}` : ""}：${unreadReason(reason)}`;
}

/** Return why a run failed or was paused; without a code, it was paused. */
export function runReason(sentence: string, code: string): string {
  if (code === "") {
    const pause = PAUSES.find(([pattern]) => pattern.test(sentence));
    return pause ? sentence.replace(pause[0], pause[1]) : "已暂停。";
  }
  const line = /\bLine (\d+)\b/.exec(sentence)?.[1];
  return `${line ? `第 ${line} 行：` : ""}${FAILURES[code] ?? "训练没有完成。"}`;
}

/** Return what to mind about the examples of a run. */
export function runWarning(sentence: string): string {
  const found = WARNING.exec(sentence);
  return found
    ? `${found[2]} 条样本中有 ${found[1]} 条互相矛盾：同样的请求有不同的回答，任何模型都学不会。`
    : "这些样本有需要注意的地方。";
}
