/** 写作习惯。 */

import type { style as English } from "../en/style";

export const style: typeof English = {
  title: "写作习惯",
  about: "你平时怎么写。文档会按这些习惯检查，修改建议也会照着来。",
  empty: "还没有规则。",
  added: "由你添加",
  said: (count) => (count > 1 ? `来自 ${count} 条消息` : "来自一条消息"),
  sampled: (names) => `来自 ${names}`,
  replaced: "已有更新的规则，这条不再生效。",
  onlyFor: (readers) => `仅用于：${readers}`,
  remove: (rule) => `移除：${rule}`,
  rule: "用你的话写一条规则",
  ruleHint: "例如：不要用“赋能”这个词",
  add: "添加",
  waiting: "在你的文档中发现",
  waitingAbout: "经你同意后才会生效。",
  count: (agree, shown) => `${shown} 份文档中有 ${agree} 份`,
  apply: "采用",
  leave: "不采用",
  applyNamed: (rule) => `采用：${rule}`,
  leaveNamed: (rule) => `不采用：${rule}`,
  applyAll: "全部采用",
  sample: "从你的文档中找",
  sampleAbout: "请选择三份以上你自己写的文档，共同的写法会列在这里。",
  tooFew: "请先新建或添加三份文档。",
  look: "查看这些文档",
  nothing: "没有发现新的共同写法。",
  untitled: "未命名",
};
