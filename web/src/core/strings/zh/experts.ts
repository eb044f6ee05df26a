/** Specialists, in Simplified Chinese. */
import type { experts as english } from "../en/experts";

const NAMES = new Map([
  ["talk", "日常聊天"],
  ["writing", "写作"],
  ["sketch", "草图"],
  ["care", "情绪支持"],
]);
const DESCRIPTIONS = new Map([
  ["talk", "没有专家参与时你说的一切。"],
  ["writing", "书信、邮件、会议纪要等文稿，在对话旁边一起写。"],
  ["sketch", "用语言描述，画出户型图，再边聊边改。"],
  ["care", "一个安静的空间：聊聊、呼吸、把心事写下来。"],
]);

export const experts: typeof english = {
  about: "各位专家共用你的记忆，但各有权限。改动立即生效，所有设备同步。",
  name: (name) => NAMES.get(name) ?? name,
  description: (name) => DESCRIPTIONS.get(name),
  on: (name) => `启用${name}`,
  learns: "从我在这里说的话中学习",
  learnsHint: "Tau 会从你的话里记住事实。无论是否开启，说过的话都能搜索到。",
  learnsCareHint: "在这里学到的只在这里使用，除非你允许其他专家知道。",
  recalls: "可以回忆与谁的对话",
  recallsItself: "自己的对话始终可以。",
  careStays: "你在情绪支持说的话只留在那里。无论这里怎么设置，其他专家都看不到。",
  reads: "可以读取哪些方面的事实",
  everything: "全部",
  readsNothing: "无",
  some: (count) => `${count} 个方面`,
  made: "最近的成果",
  untitled: { document: "无标题文稿", plan: "无标题平面图", form: "表单" },
  ownTitle: "自己的技能",
  ownAbout:
    "技能是一个包含 SKILL.md 的文件夹（见 agentskills.io）。用 `tau experts add 文件夹` 添加。其中的脚本从不运行。",
  ownEmpty: "还没有。",
  waits: "等待你批准：请先阅读。",
  approved: "已批准",
  lookClosely: "请留意",
  show: "它给 Tau 的说明",
  approve: "批准",
  withdraw: "撤回批准",
  remove: "删除",
  removeNamed: (name) => `删除 ${name}`,
  removeTitle: (name) => `要删除技能 ${name} 吗？`,
  removeText: "该文件夹会从这台 Tau 上删除，相关对话会保留。",
  choose: "由谁回复",
  yes: "好",
  no: "不用了",
  mayKnow: "其他专家也可以知道这件事吗？",
  fromCare: "来自情绪支持",
};
