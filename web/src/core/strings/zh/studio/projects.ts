/** Projects of the studio, in Chinese. */
import type { projects as English } from "../../en/studio/projects";

export const projects: typeof English = {
  about:
    "有一件反复要做的事，比如给消息分类、从文字里提取信息？把做得对的样本交给工坊，它会用你自己的样本比较哪种方法最好。很多时候写好提示词就够了，什么都不用训练。",
  create: "新建项目",
  name: "名称",
  nameHint: "要做的事，比如“投诉分类”",
  createNow: "创建",
  empty: "还没有项目。",
  list: "你的项目",
  noExamples: "还没有样本",
  inTest: (count) => `其中 ${count} 条在测试集`,
  noTest: "还没有测试集",
  changed: (when) => `${when}有改动`,
  rename: "重命名",
  remove: "删除",
  menu: (name) => `${name}的操作`,
  removeTitle: "删除这个项目？",
  removeText: "项目里的样本、比较结果和其他一切都会彻底删除，备份里的也一样。",
  removed: (name) => `已删除${name}。`,
  mine: "你的项目只有你能看到，里面的内容都已加密。",
};
