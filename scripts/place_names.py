"""Derives the English names of divisions that the atlas shows: pinyin, and what is customary in English.

    pip install pypinyin
    python scripts/place_names.py [--out pipeline/site/place_names.csv]

`pypinyin` spells the name, READINGS corrects it where a place is read unlike the word, CUSTOMARY gives names that are
known otherwise: those of provinces, prefectures and leagues whose own name is no Chinese one. Of counties in these
regions the Chinese name is spelt. Nothing else needs the package, so it is not among those of the project.
"""

from __future__ import annotations

import argparse
import csv
from collections.abc import Sequence
from pathlib import Path

from pypinyin import lazy_pinyin, load_phrases_dict

PIPELINE = Path(__file__).resolve().parents[1] / "pipeline"
DIVISIONS = PIPELINE / "places" / "divisions.csv"
OUT = PIPELINE / "site" / "place_names.csv"

KINDS = {
    "特别行政区": "Special Administrative Region", "自治区": "Autonomous Region", "自治州": "Autonomous Prefecture",
    "自治县": "Autonomous County", "自治旗": "Autonomous Banner", "林区": "Forestry District",
    "特区": "Special District", "新区": "New Area", "地区": "Prefecture", "省": "Province", "市": "", "区": "District",
    "县": "County", "旗": "Banner", "盟": "League",
}  # fmt: skip
PEOPLES = {
    "蒙古": "Mongol", "回": "Hui", "藏": "Tibetan", "维吾尔": "Uyghur", "苗": "Miao", "彝": "Yi", "壮": "Zhuang",
    "布依": "Bouyei", "朝鲜": "Korean", "满": "Manchu", "侗": "Dong", "瑶": "Yao", "白": "Bai", "土家": "Tujia",
    "哈尼": "Hani", "哈萨克": "Kazakh", "傣": "Dai", "黎": "Li", "傈僳": "Lisu", "佤": "Va", "畲": "She",
    "拉祜": "Lahu", "水": "Sui", "东乡": "Dongxiang", "纳西": "Naxi", "景颇": "Jingpo", "柯尔克孜": "Kyrgyz",
    "土": "Tu", "达斡尔": "Daur", "仫佬": "Mulao", "羌": "Qiang", "布朗": "Blang", "撒拉": "Salar",
    "毛南": "Maonan", "仡佬": "Gelao", "锡伯": "Xibe", "塔吉克": "Tajik", "怒": "Nu", "普米": "Pumi",
    "鄂温克": "Evenki", "保安": "Bonan", "裕固": "Yugur", "独龙": "Derung", "鄂伦春": "Oroqen", "各": "Various Peoples",
}  # fmt: skip
# How a place is read, where that is not how its characters are read elsewhere.
READINGS = {
    "三都": "san du", "中牟": "zhong mu", "丰都": "feng du", "乌什": "wu shi", "于都": "yu du", "什邡": "shi fang",
    "伽师": "jia shi", "佛冈": "fo gang", "佛坪": "fo ping", "克什克腾": "ke shi ke teng", "六合": "lu he",
    "六枝": "lu zhi", "单": "shan", "南乐": "nan le", "召陵": "shao ling", "商都": "shang du",
    "塔什库尔干": "ta shi ku er gan", "天长": "tian chang", "子长": "zi chang", "宁都": "ning du", "尧都": "yao du",
    "尼勒克": "ni le ke", "崆峒": "kong tong", "库尔勒": "ku er le", "弓长岭": "gong chang ling", "新都": "xin du",
    "昆都仑": "kun du lun", "曾都": "zeng du", "望都": "wang du", "朝阳": "chao yang", "武都": "wu du",
    "殷都": "yin du", "泊头": "bo tou", "洪洞": "hong tong", "浚": "xun", "浪卡子": "lang ka zi", "涡阳": "guo yang",
    "漯河": "luo he", "珲春": "hun chun", "盐都": "yan du", "秦都": "qin du", "称多": "chen duo", "穆棱": "mu ling",
    "策勒": "ce le", "繁峙": "fan shi", "花都": "hua du", "荥经": "ying jing", "莲都": "lian du", "蚌山": "beng shan",
    "都兰": "du lan", "都匀": "du yun", "都安": "du an", "都昌": "du chang", "长丰": "chang feng",
    "长垣": "chang yuan", "长子": "zhang zi", "长宁": "chang ning", "长岭": "chang ling", "长武": "chang wu",
    "长治": "chang zhi", "长泰": "chang tai", "长洲": "chang zhou", "长海": "chang hai", "长清": "chang qing",
    "长白": "chang bai", "长葛": "chang ge", "长阳": "chang yang", "长顺": "chang shun", "闵行": "min hang",
    "阿勒泰": "a le tai", "阿图什": "a tu shi", "马尾": "ma wei", "魏都": "wei du", "麦盖提": "mai ge ti",
    "乐陵": "lao ling", "覃塘": "qin tang", "宕昌": "tan chang", "筠连": "jun lian", "大城": "dai cheng",
    "陕西": "shaan xi", "吕梁": "lü liang",
}  # fmt: skip
CUSTOMARY = {
    "内蒙古": "Inner Mongolia", "西藏": "Tibet", "香港": "Hong Kong", "澳门": "Macao", "台湾": "Taiwan",
    "呼和浩特": "Hohhot", "乌鲁木齐": "Urumqi", "哈尔滨": "Harbin", "齐齐哈尔": "Qiqihar", "拉萨": "Lhasa",
    "日喀则": "Shigatse", "林芝": "Nyingchi", "昌都": "Qamdo", "那曲": "Nagqu", "阿里": "Ngari", "喀什": "Kashgar",
    "和田": "Hotan", "吐鲁番": "Turpan", "哈密": "Hami", "克拉玛依": "Karamay", "阿勒泰": "Altay",
    "克孜勒苏": "Kizilsu", "博尔塔拉": "Bortala", "巴音郭楞": "Bayingolin", "伊犁": "Ili", "鄂尔多斯": "Ordos",
    "锡林郭勒": "Xilingol", "呼伦贝尔": "Hulunbuir", "乌兰察布": "Ulanqab", "巴彦淖尔": "Bayannur", "阿拉善": "Alxa",
    "兴安": "Hinggan", "果洛": "Golog", "阿坝": "Ngawa", "甘孜": "Garze", "霍林郭勒": "Holingol", "库尔勒": "Korla",
    "阿图什": "Artux", "扎鲁特": "Jarud", "克什克腾": "Hexigten",
}  # fmt: skip
# Names whose last characters look like another kind than they are.
DISTRICTS = ("北林", "碑林", "万柏林", "西林", "清新", "高新")
# Names that are customary for a league or prefecture only: a county elsewhere has the same Chinese one.
OF_KIND = {"兴安": "盟", "阿里": "地区"}


def english(name: str) -> str:
    """The English name of a division."""
    kind = "区" if name.removesuffix("区") in DISTRICTS else next((k for k in KINDS if name.endswith(k)), "")
    stem = name.removesuffix(kind)
    if kind in ("区", "县", "市") and len(stem) == 1:  # 单县 is Shanxian: the word is part of the name
        return f"{spelt(stem)}{spelt(kind).lower() if kind != '市' else ''} {KINDS[kind]}".strip()
    place, peoples = _peoples(stem) if kind.startswith("自治") else (stem, [])
    place = place.removesuffix("族") if kind.startswith("自治") else place  # 东乡族自治县 has no other name
    customary = CUSTOMARY.get(place) if OF_KIND.get(place, kind) == kind else None
    return " ".join(word for word in (customary or spelt(place), _joined(peoples), KINDS.get(kind, "")) if word)


def spelt(text: str) -> str:
    """A name in pinyin as one word; an apostrophe parts syllables that would run together."""
    syllables = READINGS[text].split() if text in READINGS else lazy_pinyin(text)
    word = "".join(("'" if n and s[0] in "aeo" else "") + s for n, s in enumerate(syllables))
    return word[:1].upper() + word[1:]


def _peoples(stem: str) -> tuple[str, list[str]]:
    """A place, and the peoples after its name."""
    found: list[str] = []
    while people := next((p for p in sorted(PEOPLES, key=len, reverse=True) if _ends(stem, p)), None):
        found.insert(0, PEOPLES[people])
        stem = stem.removesuffix("族").removesuffix(people)
    return stem, found


def _ends(stem: str, people: str) -> bool:
    """Whether a name ends with a people's; those of one character need 族 behind them."""
    return (
        len(stem) > len(people) + 1
        and stem != "东乡族"
        and (stem.endswith(f"{people}族") or (len(people) > 1 and stem.endswith(people)))
    )


def _joined(peoples: Sequence[str]) -> str:
    return " and ".join(filter(None, [", ".join(peoples[:-1]), *peoples[-1:]]))


def main() -> None:
    """Write the file."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, default=OUT)
    out = parser.parse_args().out
    load_phrases_dict({name: [[s] for s in reading.split()] for name, reading in READINGS.items()})
    with DIVISIONS.open(encoding="utf-8", newline="") as handle:
        names = sorted({row["name"] for row in csv.DictReader(handle)})
    with out.open("w", encoding="utf-8", newline="") as handle:
        lines = csv.writer(handle, lineterminator="\n")
        lines.writerow(["name", "english"])
        lines.writerows((name, english(name)) for name in names)


if __name__ == "__main__":
    main()
