/** Comparisons of methods, in Chinese. */
import type { methods as English } from "../../en/studio/methods";

const REASONS: Record<keyof (typeof English)["verdicts"], string> = {
  train: "现有的方法还有足够的提升空间，这个测试集能看出训练是否有效。",
  trained: "它比其他方法都好，测试集足以看出来。",
  "prompt is enough": "不用训练：再训练带来的提升，这个测试集也看不出来。",
  "classifier is enough": "不用训练：再训练带来的提升，这个测试集也看不出来。",
  "too few examples": "样本还不够，说不准。请再添加一些，特别是回答不同的样本。",
  "examples contradict each other":
    "太多相同的请求有不同的回答，任何模型都学不会。请先确定哪个对，再重新比较。",
  "stronger model wins": "直接用它，或者拿它的回答训练一个小模型。",
};

export const methods: typeof English = {
  kinds: {
    baseline: "最常见的回答",
    classifier: "分类器",
    prompt: "提示词",
    nearest: "提示词加相似样本",
    optimized: "改写后的提示词",
    tuned: "训练过的模型",
    strong: "更强的模型",
  },
  kindAbout: {
    baseline: "总是给出最常见的回答。有价值的方法都应该胜过它。",
    classifier: "内置的嵌入模型加回归，适合简短、重复的回答。",
    prompt: "模型加上你的指令。",
    nearest: "同上，并在提示词里加入最相似的样本。",
    optimized: "由更强的模型反复改写指令，直到效果更好。",
    tuned: "用你的样本训练的模型。",
    strong: "你接入的最强的模型。",
  },
  verdicts: {
    train: "值得训练一个模型",
    trained: "用训练好的模型",
    "prompt is enough": "提示词就够了",
    "classifier is enough": "分类器就够了",
    "too few examples": "样本太少，无法判断",
    "examples contradict each other": "样本互相矛盾",
    "stronger model wins": "更强的模型胜出",
  },
  reason: (kind, figures) => `${figures && `${figures}。`}${REASONS[kind]}`,
  skipped: (sentence) => {
    if (sentence.startsWith("Not tried:"))
      return "没有测试：剩下的提升空间，这个测试集已看不出来。";
    if (!sentence.startsWith("Stopped after")) return "这种方法在这里不适用，或者无法使用。";
    return sentence.includes("failed")
      ? "中途停止：连续几次没有得到回答。"
      : "中途停止：明显不如更便宜的方法。";
  },
  noTest: "各种方法要在固定的测试集上比较，请先留出测试集。",
  startTitle: "找出最省的方法",
  startAbout: "每种方法回答同一个测试集，从最省的开始。测试集看不出更好的方法就不再测试。",
  model: "回答提示词的模型",
  usual: "平时聊天的模型",
  which: "方法",
  whichHint: "勾选后只测试这些方法，并且全部测完。",
  start: "开始比较",
  startAgain: "重新比较",
  running: "正在比较",
  stop: "停止",
  answers: (done, total) => `已有 ${done} 个回答，最多 ${total} 个`,
  result: "比较",
  on: (test, train) => `在 ${test}上测试，从 ${train}中学习。`,
  withdrawn: (count) => `它用到的 ${count}后来撤回了。要得到可靠的数字，请重新比较。`,
  otherTest: "它用的是另一个测试集。",
  verdict: "结论",
  intervals: "答对的比例和 95% 置信区间",
  intervalsLabel: (name, share, low, high) => `${name}：${share}，${low}%–${high}%`,
  table: "每种方法的数据",
  columns: {
    method: "方法",
    right: "答对",
    gain: "与更省的最好方法相比",
    seconds: "每次用时",
    tokens: "词元",
  },
  gain: (points, low, high) => `${points}（${low} 到 ${high}）`,
  pValue: (value) => `p ${value}`,
  notTried: "没有测试",
  failures: (count) => `${count} 次失败`,
  cost: "质量的代价",
  costAbout: "越靠上越好，越靠左越快。",
  secondsAxis: "每次回答的秒数",
  rightAxis: "答对，%",
  answersTitle: "回答",
  ofMethod: "方法",
  whichAnswers: "显示的回答",
  wrong: "答错的",
  all: "全部",
  noneWrong: "没有答错的。",
  given: "它的回答",
  expected: "正确答案",
  right: "对",
  isWrong: "错",
  confusion: "哪些被混淆",
  confusionAbout: "每行是正确答案，每列是给出的回答。",
  somethingElse: "其他",
  noAnswer: "没有回答",
};
