"""Other words that people write in a table of questions: above its columns, and for a choice."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

_WORDS = {
    "编号": "问答编号 条目编号 faq编号 知识编号 知识id 问答id faqid id",
    "一级分类": "分类 类别 类目 大类 一级类目 1级分类 问题分类 所属分类 知识分类 目录 问题类别 业务分类 category",
    "二级分类": "子分类 小类 二级类目 2级分类 子类目 subcategory",
    "标准问题": "问题 标准问 标准问法 主问题 问法 问 标题 faq标题 问题标题 客户问题 常见问题 提问 问题内容 "
    "question standardquestion",
    "相似问题": "相似问 相似问法 相似问句 类似问题 类似问法 扩展问 扩展问法 扩展问题 其他问法 别的问法 "
    "同义问法 关联问法 相似问题列表 相似问法列表 近似问题 其他问题 similarquestion similarquestions",
    "反例问题": "反例 反例问法 反例问句 不匹配问题 negativequestion negativequestions",
    "客户版答案": "答案 回答 机器人回答 机器人回复 标准答案 标准回答 答复 回复 回复内容 客户答案 客户版 "
    "对客答案 客服回答 客服话术 标准话术 话术 答 答案内容 回答内容 问题答案 参考答案 answer",
    "员工版答案": "员工答案 员工版 内部答案 内部口径 店员答案 店员版答案",
    "适用门店": "门店 门店编号 适用店铺 店铺 生效门店 适用范围门店 store stores",
    "适用城市": "城市 生效城市 city",
    "渠道": "适用渠道 生效渠道 channel",
    "受众": "对象 适用对象 适用人群 人群 给谁看",
    "生效日期": "生效时间 开始日期 开始时间 上线日期 上线时间 有效期开始 有效期起 startdate",
    "失效日期": "失效时间 结束日期 结束时间 到期日期 到期时间 截止日期 截止时间 有效期至 下线日期 下线时间 "
    "过期时间 过期日期 有效期结束 有效期止 有效期 enddate expirydate",
    "自主级别": "自动级别 回复方式 自主程度",
    "状态": "启用状态 是否启用 发布状态 使用状态 是否有效 status",
}

SYNONYMS: Mapping[str, str] = MappingProxyType({word: ours for ours, words in _WORDS.items() for word in words.split()})

_CHOICES = {
    "启用": "已启用 启用中 有效 生效 生效中 上架 已上架 已发布 发布 正常 在用 使用中 可用 上线 已上线 开启 "
    "已开启 开 是 true 1 1.0 on yes y ok √ ✓ ✔ ☑ enabled enable active published",
    "停用": "已停用 禁用 已禁用 停止 无效 失效 已失效 下架 已下架 下线 已下线 关闭 已关闭 停止使用 已停止 "
    "不启用 未启用 不可用 作废 已作废 已过期 否 false 0 0.0 off no n × ✗ ✘ x disabled disable inactive",
    "草稿": "未发布 待发布 待审核 审核中 编辑中 draft",
    "客户": "客人 顾客 用户 对外 外部 全部 所有人 客户和员工 客户、员工 客户,员工 客户/员工 客户员工 "
    "员工和客户 外部客户 对客 customer customers all",
    "员工": "店员 同事 内部 对内 员工可见 仅员工 内部员工 仅内部 仅店员 店长 staff internal",
    "自动": "自动回复 自动发送 自动回答 直接回复 auto",
    "确认": "人工确认 确认后发 需确认 需要确认 需人工确认 店员确认 半自动 confirm",
    "仅人工": "人工 转人工 人工回复 只能人工 人工处理 manual",
}

VALUES: Mapping[str, str] = MappingProxyType({word: ours for ours, words in _CHOICES.items() for word in words.split()})
