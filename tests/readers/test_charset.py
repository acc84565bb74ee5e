"""The encodings of Chinese texts, found by their content."""

from __future__ import annotations

import contextlib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.readers.charset import decode
from pipeline.readers.refused import Refused
from tests.conftest import SHARED, examples

SIMPLIFIED = (
    "新华区曙光街街道办事处2024年政府信息公开工作年度报告\r\n规章\t0\n（一）予以公开、“三安全一稳定”：减3 ４５％·—…"
)
TRADITIONAL = "縣教育局2023年政府資訊公開工作年度報告\n規章\t0\n（一）予以公開、「三安全一穩定」：減3 檔案"
DOCUMENTS = sorted(
    p for folder in ("real", "pages") for p in (SHARED / folder).glob("*.*") if p.suffix in (".txt", ".md", ".html")
)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "gb18030", "utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("text", [SIMPLIFIED, SIMPLIFIED * 200, "规章\t0", "总计"])
def test_simplified(text: str, encoding: str) -> None:
    if encoding in ("utf-16-le", "utf-16-be") and len(text) < 10:
        pytest.skip("nothing shows the charset of a few characters without a mark")
    assert decode(text.encode(encoding)) == text


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "big5", "cp950", "big5hkscs", "gb18030", "utf-16"])
@pytest.mark.parametrize("times", [1, 200])
def test_traditional(times: int, encoding: str) -> None:
    assert decode((TRADITIONAL * times).encode(encoding)) == TRADITIONAL * times


@pytest.mark.parametrize("declared", ["utf-8", "gb2312", "GBK", "big5", "iso-8859-1", "utf-16", "nonsense"])
@pytest.mark.parametrize(
    ("text", "actual"), [(SIMPLIFIED, "utf-8"), (SIMPLIFIED, "gb18030"), (TRADITIONAL, "big5"), (TRADITIONAL, "utf-8")]
)
def test_a_false_declaration_does_no_harm(text: str, actual: str, declared: str) -> None:
    page = f'<html><head><meta http-equiv="Content-Type" content="text/html; charset={declared}"></head>{text}'
    assert decode(page.encode(actual)) == page


@pytest.mark.skipif(not DOCUMENTS, reason="the real reports are not beside the project")
@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda p: p.stem)
def test_real_texts(path: Path) -> None:
    text = path.read_bytes().decode("utf-8-sig")
    encodings = ["utf-8", "gb18030"]
    with contextlib.suppress(UnicodeEncodeError):
        text.encode("big5hkscs")
        encodings.append("big5hkscs")
    for encoding in encodings:
        assert decode(text.encode(encoding)) == text, encoding


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_a_cut_character_or_two_flipped_bits_spoil_no_more(encoding: str) -> None:
    data = bytearray((SIMPLIFIED * 20).encode(encoding))
    data[300] ^= 0x80
    data[900] ^= 0x80
    for cut in range(1, 5):
        text = decode(bytes(data[:-cut]))
        assert text.count("政府信息公开") >= 18
        assert text.count("\ufffd") < 8


@pytest.mark.parametrize("data", [b"", b"<p>plain ASCII</p>\r\n", b"\xef\xbb\xbf"])
def test_ascii(data: bytes) -> None:
    assert decode(data) == data.decode("utf-8-sig")


@pytest.mark.parametrize(
    "data",
    [
        b"\xff\xff\xff\xff",
        bytes(range(128, 256)) * 4,
        "Größe, Länge, Müßiggang".encode("latin-1"),
        "報告書".encode("shift_jis") * 9,
    ],
)
def test_what_is_no_chinese_text_is_refused(data: bytes) -> None:
    with pytest.raises(Refused) as refused:
        decode(data)
    assert refused.value.reason == "undecodable"


@settings(max_examples=examples(300))
@given(st.binary(max_size=400))
def test_any_bytes(data: bytes) -> None:
    with contextlib.suppress(Refused):
        assert isinstance(decode(data), str)


@settings(max_examples=examples(200))
@given(
    st.text(
        st.sampled_from(
            "政府信息公开年度报告规章行政规范性文件许可处罚强制收费申请自然人法人其他组织总计予以部分不公开国家秘密一二三四五六七0123456789（）、，。 \n"
        ),
        min_size=6,
    )
)
def test_text_of_a_report_in_either_charset(text: str) -> None:
    assert decode(text.encode()) == text
    assert decode(text.encode("gb18030")) == text
