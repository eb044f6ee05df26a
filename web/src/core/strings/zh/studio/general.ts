/** What stands on all pages of the studio, in Chinese. */
import type { general as English } from "../../en/studio/general";

export const general: typeof English = {
  title: "工坊",
  navigation: "这个项目的各个部分",
  allProjects: "所有项目",
  views: {
    examples: "样本",
    test: "测试集",
    methods: "方法",
    training: "训练",
    compare: "盲评",
    releases: "发布",
  },
  plural: (count) => count,
  exampleCount: (count) => `${count} 条样本`,
  percent: (number) => `${number}%`,
  points: (number) => `${number} 个百分点`,
  between: (low, high) => `${low}%–${high}%`,
  seconds: (number) => `${number} 秒`,
  minutes: (number) => `${number} 分钟`,
  hours: (number) => `${number} 小时`,
  next: "下一步：",
  figures: "用表格查看数据",
};
