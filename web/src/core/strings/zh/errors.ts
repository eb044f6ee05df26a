/** Failures, in Chinese: by code, since Tau's own sentences are English. */
import type { errors as English } from "../en/errors";

const HAN = /\p{Script=Han}/u;
const BY_CODE: Record<string, string> = {
  bad_input: "这样的内容无法使用。",
  refused_address: "这个地址不允许访问。",
  not_found: "没有这样东西，或者它属于别人。",
  not_signed_in: "请先登录。",
  account_not_linked: "这里没有人使用那个账户。",
  provider_unavailable: "负责登录的服务没有回应，请再试一次。",
  not_permitted: "这件事只有主人可以做。",
  too_many: "太快了，请稍等片刻。",
  conflict: "这里刚刚被改动过，请再看一眼。",
  journal_error: "读取日志时出了问题。",
  damaged_entry: "日志中有一条记录已损坏。",
  store_full: "磁盘已满。什么都没有丢失，请腾出空间后再试。",
  unavailable: "Tau 正在重启或切换服务器，请稍后再试。",
  store_unavailable: "数据库没有回应，请稍后再试。",
  model_error: "模型出了问题。",
  unknown_model: "没有这个名字的模型。",
  model_unavailable: "联系不上模型，或者它拒绝了。",
  model_interrupted: "模型说到一半停下了。",
  model_nonsense: "模型给出的不是回答。",
  pack_error: "模型下载出了问题。",
  download_failed: "下载失败。",
  stopped: "在说出什么之前就被停下了。",
  interrupted: "Tau 在说完之前停止了运行。",
  wrong_hash: "下载的文件与预期不符，已删除。",
  unreadable_file: "无法读取这个文件：它可能已加密、已损坏、没有文字，或者不是支持的格式。",
  worker_failed: "没有算出结果，请再试一次。",
  worker_missing: "需要先安装附加组件：在服务器上运行 tau experts setup。",
  worker_timed_out: "计算时间太长，已停止。",
  internal: "Tau 内部出了问题，已记入日志。",
  too_large: "内容太大了。",
  not_understood: "填写的内容无法理解。",
  wrong_host: "Tau 不在这个主机名下应答。",
  wrong_origin: "这个请求来自别的网站。",
};

export const errors: typeof English = {
  unreachable: "Tau 没有回应。你写的话还在这里。",
  unexpected: "页面出了点问题。说过的话都没有丢失。",
  // Some of Tau's sentences are in the language of what they're about.
  told: (code, sentence) => (HAN.test(sentence) ? sentence : (BY_CODE[code] ?? sentence)),
};
