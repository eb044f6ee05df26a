"""Places that the Chinese rules know, in simplified characters and in Latin letters."""

from tau.facts.vocabulary import word_set

CHINESE_PLACES = word_set(
    """
    北京 上海 天津 重庆 河北 山西 辽宁 吉林 黑龙江 江苏 浙江 安徽 福建 江西 山东 河南 湖北
    湖南 广东 海南 四川 贵州 云南 陕西 甘肃 青海 台湾 内蒙古 内蒙 广西 西藏 宁夏 新疆 香港
    澳门 东北 石家庄 唐山 秦皇岛 邯郸 邢台 保定 张家口 承德 沧州 廊坊 衡水 雄安 太原 大同 阳泉
    长治 晋城 朔州 晋中 运城 忻州 临汾 吕梁 沈阳 大连 鞍山 抚顺 本溪 丹东 锦州 营口 阜新 辽阳
    盘锦 铁岭 朝阳 葫芦岛 长春 四平 辽源 通化 白山 松原 白城 延边 延吉 哈尔滨 齐齐哈尔 鸡西
    鹤岗 双鸭山 大庆 伊春 佳木斯 七台河 牡丹江 黑河 绥化 漠河 南京 无锡 徐州 常州 苏州 南通
    连云港 淮安 盐城 扬州 镇江 泰州 宿迁 昆山 江阴 常熟 张家港 太仓 宜兴 杭州 宁波 温州 嘉兴
    湖州 绍兴 金华 衢州 舟山 台州 丽水 义乌 慈溪 余姚 合肥 芜湖 蚌埠 淮南 马鞍山 淮北 铜陵
    安庆 黄山 滁州 阜阳 宿州 六安 亳州 池州 宣城 福州 厦门 莆田 三明 泉州 漳州 南平 龙岩 宁德
    晋江 南昌 景德镇 萍乡 九江 新余 鹰潭 赣州 吉安 宜春 抚州 上饶 济南 青岛 淄博 枣庄 东营
    烟台 潍坊 济宁 泰安 威海 日照 临沂 德州 聊城 滨州 菏泽 曲阜 郑州 开封 洛阳 平顶山 安阳
    鹤壁 新乡 焦作 濮阳 许昌 漯河 三门峡 南阳 商丘 信阳 周口 驻马店 武汉 黄石 十堰 宜昌 襄阳
    鄂州 荆门 孝感 荆州 黄冈 咸宁 随州 恩施 长沙 株洲 湘潭 衡阳 邵阳 岳阳 常德 张家界 益阳
    郴州 永州 怀化 娄底 湘西 广州 韶关 深圳 珠海 汕头 佛山 江门 湛江 茂名 肇庆 惠州 梅州 汕尾
    河源 阳江 清远 东莞 中山 潮州 揭阳 云浮 顺德 南宁 柳州 桂林 梧州 北海 防城港 钦州 贵港
    玉林 百色 贺州 河池 来宾 崇左 海口 三亚 三沙 儋州 琼海 成都 自贡 攀枝花 泸州 德阳 绵阳
    广元 遂宁 内江 乐山 南充 眉山 宜宾 广安 达州 雅安 巴中 资阳 阿坝 甘孜 凉山 西昌 都江堰
    贵阳 六盘水 遵义 安顺 毕节 铜仁 凯里 都匀 昆明 曲靖 玉溪 保山 昭通 丽江 普洱 临沧 楚雄
    红河 文山 西双版纳 大理 德宏 怒江 迪庆 香格里拉 拉萨 日喀则 昌都 林芝 山南 那曲 阿里 西安
    铜川 宝鸡 咸阳 渭南 延安 汉中 榆林 安康 商洛 兰州 嘉峪关 金昌 白银 天水 武威 张掖 平凉
    酒泉 庆阳 定西 陇南 临夏 敦煌 西宁 海东 银川 石嘴山 吴忠 固原 中卫 乌鲁木齐 克拉玛依
    吐鲁番 哈密 昌吉 伊犁 喀什 和田 阿克苏 石河子 库尔勒 呼和浩特 包头 乌海 赤峰 通辽 鄂尔多斯
    呼伦贝尔 巴彦淖尔 乌兰察布 台北 新北 桃园 台中 台南 高雄 基隆 新竹 嘉义 花莲 宜兰 屏东
    台东 苗栗 彰化 南投 云林 澎湖 金门 九龙 新界 沙田 旺角 浦东 徐汇 静安 长宁 闵行 杨浦 虹口
    普陀 黄浦 宝山 嘉定 松江 青浦 奉贤 崇明 海淀 东城 西城 丰台 通州 大兴 昌平 顺义 房山
    石景山 望京 中关村 回龙观 天通苑 亦庄 天河 越秀 番禺 海珠 白云 南山 福田 罗湖 宝安 龙岗
    龙华 西湖 余杭 滨江 萧山 拱墅 武侯 锦江 青羊 高新 渝中 渝北 江北 江宁 鼓楼 玄武 雁塔 岳麓
    思明 陆家嘴 张江 滨海新区
    """
)
"""Provinces and cities of China, and districts of its largest cities."""
WORLD_PLACES = word_set(
    """
    中国 美国 加拿大 英国 法国 德国 意大利 西班牙 葡萄牙 荷兰 比利时 瑞士 奥地利 瑞典 挪威
    丹麦 芬兰 冰岛 爱尔兰 波兰 捷克 匈牙利 希腊 俄罗斯 乌克兰 土耳其 日本 韩国 朝鲜 新加坡
    马来西亚 泰国 越南 印尼 印度尼西亚 菲律宾 缅甸 柬埔寨 老挝 印度 巴基斯坦 尼泊尔 斯里兰卡
    伊朗 以色列 阿联酋 沙特 卡塔尔 埃及 南非 肯尼亚 尼日利亚 摩洛哥 埃塞俄比亚 澳大利亚 澳洲
    新西兰 墨西哥 巴西 阿根廷 智利 秘鲁 哥伦比亚 古巴 蒙古 哈萨克斯坦 欧洲 北欧 北美 南美 非洲
    东南亚 中东 苏格兰 威尔士 英格兰 加州 德州 纽约 纽约州 华盛顿 洛杉矶 旧金山 湾区 硅谷
    西雅图 波士顿 芝加哥 休斯顿 休斯敦 达拉斯 奥斯汀 圣地亚哥 圣何塞 亚特兰大 迈阿密 费城
    底特律 丹佛 凤凰城 拉斯维加斯 夏威夷 佛罗里达 新泽西 宾州 密歇根 俄亥俄 温哥华 多伦多
    蒙特利尔 渥太华 卡尔加里 埃德蒙顿 伦敦 曼彻斯特 伯明翰 利物浦 爱丁堡 格拉斯哥 剑桥 牛津
    利兹 布里斯托 都柏林 巴黎 里昂 马赛 尼斯 柏林 慕尼黑 汉堡 法兰克福 科隆 斯图加特
    杜塞尔多夫 莱比锡 德累斯顿 阿姆斯特丹 鹿特丹 海牙 布鲁塞尔 日内瓦 苏黎世 维也纳 罗马 米兰
    佛罗伦萨 威尼斯 都灵 那不勒斯 马德里 巴塞罗那 塞维利亚 里斯本 波尔图 斯德哥尔摩 奥斯陆
    哥本哈根 赫尔辛基 雷克雅未克 华沙 布拉格 布达佩斯 雅典 莫斯科 圣彼得堡 基辅 伊斯坦布尔
    东京 大阪 京都 神户 名古屋 横滨 福冈 札幌 北海道 冲绳 奈良 仙台 广岛 首尔 釜山 仁川 济州岛
    曼谷 清迈 普吉岛 普吉 芭提雅 吉隆坡 槟城 新山 雅加达 巴厘岛 马尼拉 河内 胡志明市 岘港 金边
    仰光 新德里 孟买 班加罗尔 迪拜 阿布扎比 多哈 开罗 内罗毕 开普敦 约翰内斯堡 拉各斯 悉尼
    墨尔本 布里斯班 珀斯 阿德莱德 堪培拉 奥克兰 惠灵顿 基督城 墨西哥城 圣保罗 里约 里约热内卢
    布宜诺斯艾利斯 利马 波哥大
    """
)
"""Countries, and cities abroad."""
PLACES = CHINESE_PLACES | WORLD_PLACES
LATIN_PLACES = word_set(
    """
    berlin london paris munich hamburg frankfurt cologne vienna zurich geneva amsterdam
    rotterdam brussels rome milan florence venice madrid barcelona lisbon porto dublin
    edinburgh glasgow manchester birmingham liverpool leeds bristol oxford cambridge stockholm
    oslo copenhagen helsinki warsaw prague budapest athens moscow istanbul tokyo osaka kyoto
    seoul busan singapore bangkok chiang_mai kuala_lumpur jakarta bali manila hanoi delhi
    mumbai bangalore dubai cairo nairobi cape_town sydney melbourne brisbane perth adelaide
    auckland wellington new_york nyc los_angeles la san_francisco sf san_diego san_jose
    seattle portland boston chicago houston dallas austin atlanta miami philadelphia detroit
    denver phoenix las_vegas hawaii california texas florida washington vancouver toronto
    montreal ottawa calgary edmonton mexico_city sao_paulo rio buenos_aires lima bogota
    beijing shanghai shenzhen guangzhou hangzhou chengdu nanjing wuhan xi'an suzhou xiamen
    qingdao dalian tianjin chongqing kunming changsha hong_kong taipei taiwan macau china
    japan korea germany france italy spain portugal canada australia usa uk england scotland
    ireland switzerland sweden norway denmark finland netherlands thailand malaysia vietnam
    india new_zealand
    """
)
"""Places as they are written in a Chinese sentence, in lower case."""
