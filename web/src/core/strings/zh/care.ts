/** Help in danger, in Chinese. */
import type { care as English } from "../en/care";

export const care: typeof English = {
  title: "你不是一个人在扛",
  titleOther: "你可以为对方求助",
  call: (name, number) => `拨打${name}：${number}`,
  open: (name) => `网站或在线聊天：${name}`,
  website: "网站或在线聊天",
  always: "24 小时",
  emergency: "如果有人有生命危险，请拨打",
  emergencyUnknown: "如果有人有生命危险，请拨打当地的急救电话。",
  emergencyUnknownMore: "中国大陆是 120，多数国家是 112，北美是 911。",
  country: "你在哪个国家或地区？",
  more: "所有求助热线",
  help: "寻求帮助",
  page: "现在就求助",
  pageText: "联系他们，不需要有“足够严重”的理由。Tau 是 AI，没办法陪在你身边，但他们可以。",
  safetyPlan: "我的安全计划",
  unknown: "我在其他地方",
  for: {
    suicide: "自杀危机",
    self_harm: "自伤",
    eating: "进食障碍",
    violence: "暴力",
    abuse: "虐待和家庭暴力",
    distress: "情绪低落",
  },
  notLoaded: "暂时无法载入求助热线。",
};
