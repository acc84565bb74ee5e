"""Lines above the old and the new version of a table."""

from __future__ import annotations

import pytest

from pipeline.layout.corrections import is_corrected, is_correction

OLD = (
    *("原表", "原表：", "原数据为：", "更正前", "（一）更正前数据", "修改前：", "原公布数据", "原公布内容（已作废）："),
    *("二、更正之前的内容", "旧表", "原公开的数据如下：", "原发布内容：", "行政复议情况表（作废）", "以下作废内容："),
    *("原年报中表三数据为：", "错误表格：", "有误的数据", "（更正前）", "【原表】"),
    *("误：", "变更前", "更新前数据", "原附表：", "原内容"),
)
NEW = (
    *("更正为：", "现更正为", "修改后", "应为：", "现为如下：", "更正后数据", "现将行政复议、行政诉讼情况表更正如下："),
    *("现将有关数据更正为：", "特更正如下：", "正确数据如下：", "修订后的内容", "现公布内容：", "勘误如下："),
    *("正确表格：", "正确的数据", "（更正后）"),
    *("正：", "变更后", "更新后的数据", "更正后附表：", "现改为：", "新表", "新数据如下："),
)
NEITHER = (
    *("原因分析", "三、收到和处理政府信息公开申请情况", "单位：件", "行政许可", "一、总体情况", "正在办理的申请"),
    *("应公开的信息", "本年度对规范性文件进行了修订。", "2024年规范性文件修订情况", "废止件数", "调整", "原有项目"),
    *("现行有效件数", "（七）总计", "更正机关信息情况", "行政机关主动纠正", "因公开信息申请更正的，依法处理如下情况"),
    *("目录更新：", "机构变更情况", "新制作数", "正在审理", "正常", "误读", "新收政府信息公开申请数量", "现行有效数据"),
)


@pytest.mark.parametrize("caption", OLD)
def test_lines_above_what_was_corrected(caption: str) -> None:
    assert is_corrected(caption)
    assert not is_correction(caption)


@pytest.mark.parametrize("caption", NEW)
def test_lines_above_the_correction(caption: str) -> None:
    assert is_correction(caption)
    assert not is_corrected(caption)


@pytest.mark.parametrize("caption", NEITHER)
def test_other_lines(caption: str) -> None:
    assert not is_corrected(caption)
    assert not is_correction(caption)
