"""When a report was published: which of the dates on a page is taken, and which is not."""

from __future__ import annotations

import pytest

from pipeline.narrative.publication_date import Publication, published
from pipeline.readers import read
from tests.conftest import SHARED

CASES = [
    ("发布日期：2022-01-28\n截至2021年12月31日", "2022-01-28", "published"),
    ("时间：2022年1月5日 来源：办公室\n公开时间: 2022/01/28", "2022-01-28", "published"),
    ("成文日期：2022年01月20日", "2022-01-20", "dated"),
    ("时间：2022年1月5日 浏览次数：7", "2022-01-05", "time"),
    ("某镇人民政府\n2022年1月12日", "2022-01-12", "signature"),
    ("发布日期：2021-03-02", None, None),  # before the year ends: of another page
    ("统计期限自2021年1月1日起至2021年12月31日止。", None, None),
    ("发布日期：2022-13-40", None, None),
    ("发布日期：", None, None),
    ("发布时间： 2 0 2 2 - 0 1 - 2 8", "2022-01-28", "published"),
]


@pytest.mark.parametrize(("text", "on", "via"), CASES)
def test_date_of_publication(text: str, on: str | None, via: str | None) -> None:
    found = published(read(f"2021年报告\n{text}\n".encode()), 2021)
    assert (str(found.on), found.via) == (on, via) if found else on is None


REAL = {
    "pages/dept_dingxi_jiaoyizhongxin_2020.txt": "2021-01-25",
    "pages/dept_hualong_qunkexinqu_2020.txt": "2021-01-18",
    "pages/dept_yongjia_tongjiju_2015.txt": "2016-02-14",
    "pages/town_meihekou_xinghua_2010.txt": "2011-01-01",
    "pages/town_kangle_shangwan_2019.txt": "2020-02-20",
    "real/dept_shanghai_shifuban_2019.html": "2020-01-31",
}


@pytest.mark.skipif(not SHARED.exists(), reason="the real reports are not at hand (a folder shared/reports)")
@pytest.mark.parametrize(("name", "on"), REAL.items())
def test_real_reports(name: str, on: str) -> None:
    year = int(name.rsplit("_", 1)[1][:4])
    found = published(read((SHARED / name).read_bytes()), year)
    assert isinstance(found, Publication)
    assert str(found.on) == on
