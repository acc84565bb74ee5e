"""Pages whose tables a person may see otherwise than they stand there: it is told; what changes no figure is not."""

from __future__ import annotations

import re

import pytest

from pipeline.parsed import Parsed
from tests.conftest import parse_bytes
from tests.odd import page as hands
from tests.odd.kinds import TRUE
from tests.odd.scoring import score
from tests.odd.tables import report

WORDS = "规章"


def drawn(head: str = "", *, cell: str = "", body: str = "", table: str = "", content: str = "{}") -> bytes:
    """The report as a page: its first figure stands in a cell of a class and an id, its tables in the page's text."""
    page = hands.html(report()).decode()
    page = re.sub(
        r"<td>([0-9]+)</td>",
        lambda m: f'<td id="made1" class="fig" data-field="made" {cell}>{content.format(m[1])}</td>',
        page,
        count=1,
    )
    page = page.replace("<table border='1'>", f"<table id='t2' border='1' {table}>", 1)
    page = page.replace("<body>", "<body><div class='top'><span id='hits'></span></div><div id='zoom' class='con'>")
    return page.replace("</head>", f"{head}</head>").replace("</body>", f"</div>{body}</body>").encode()


def read(page: bytes) -> Parsed:
    return parse_bytes(page, "report.html")


def script(text: str) -> str:
    return f"<script type='text/javascript'>{text}</script>"


CHANGING = {
    "by id": "document.getElementById('made1').innerHTML = '45';",
    "by id with a variable": "var c = document.getElementById('made1'); if (c) { c.innerText = 45; }",
    "by id as a name": "made1.textContent = '45'",
    "by ids in a list": "var d={made1:'45'};for(var k in d){document.getElementById(k).innerHTML=d[k]}",
    "by class": "document.querySelectorAll('.fig').forEach(function(e){ e.textContent = '45'; })",
    "by name of a class": "var f=document.getElementsByClassName('fig');for(var i=0;i<f.length;i++){f[i].innerHTML='4'}",
    "by tag": "var t = document.getElementsByTagName('td'); t[5].innerHTML = '45';",
    "by attribute": "document.querySelector('[data-field=\"made\"]').textContent='45'",
    "each": "for (const e of document.querySelectorAll('#t2 td')) { e.textContent = e.textContent.replace('1', '2'); }",
    "jquery": "$(function(){ $('#made1').text('45'); })",
    "jquery cells": "$('#zoom table td:eq(5)').html('45')",
    "between tags with a digit": "for (const c of document.querySelectorAll('td')) c.innerHTML='<b>1</b>'+c.textContent;",
    "another text put in": "for (const c of document.querySelectorAll('td')) c.innerHTML='<b>'+d.textContent+'</b>';",
    "removed": "document.querySelector('.fig').remove()",
    "not displayed": "document.getElementById('made1').style.display='none'",
    "hidden": "$('.fig').hide()",
    "rows": "document.getElementById('t2').rows[2].cells[1].innerHTML = '45'",
    "deleted row": "var t2 = document.getElementById('t2'); t2.deleteRow(3)",
    "all of the text": "var z=document.getElementById('zoom'); z.innerHTML = z.innerHTML.replace('1', '2')",
    "the whole page": "document.body.innerHTML = document.body.innerHTML.replace(/1/, '2')",
    "written": "document.write('<table><tr><td>规章</td><td>45</td></tr></table>')",
    "put in": "document.getElementById('zoom').innerHTML = '<table><tr><td>规章</td><td>45</td></tr></table>'",
    "loaded": "$('#t2').load('table2.html')",
}
HARMLESS = {
    "counter": "document.getElementById('hits').innerHTML = '1024';",
    "counter by jquery": "$.ajax({url:'/hits',success:function(d){ $('#hits').html(d.count); }});",
    "date": "var d=new Date();document.write(d.getFullYear()+'年'+(d.getMonth()+1)+'月'+d.getDate()+'日');",
    "a table of the date": "document.write('<table><tr><td>'+new Date().getFullYear()+'</td></tr></table>')",
    "size of letters": "function doZoom(s){document.getElementById('zoom').style.fontSize=s+'px';}",
    "size of letters of all": "$('#zoom').find('p,span,td').css('font-size','16px'); $('#hits').text('12');",
    "share": "window._bd_share_config={'common':{'bdText':''}};with(document)0[(getElementsByTagName('head')[0]||body)"
    ".appendChild(createElement('script')).src='http://bdimg.share.baidu.com/static/api/js/share.js'];",
    "print": "function doPrint(){var b=document.body.innerHTML;var p=document.getElementById('zoom').innerHTML;"
    "document.body.innerHTML=p;window.print();document.body.innerHTML=b;}",
    "stripes": "$('#zoom table tr:odd').addClass('odd'); $('#zoom table').css('width','100%'); $('#hits').html('1');",
    "wrapped tables": "$('#zoom table').wrap('<div class=\"scroll\"></div>'); $('.top').append('<i></i>');",
    "widths": "var t=document.getElementsByTagName('table');for(var i=0;i<t.length;i++){t[i].style.width='100%'}"
    "document.getElementById('hits').innerText='5';",
    "pictures": "$('#zoom img').each(function(){ if($(this).width()>800){$(this).width(800);} }); $('#hits').show();",
    "code of two dimensions": "$('#qrcode').empty(); new QRCode(document.getElementById('qrcode'), location.href);",
    "statistics": "var _hmt=_hmt||[];(function(){var hm=document.createElement('script');hm.src='//hm.baidu.com/hm.js';"
    "var s=document.getElementsByTagName('script')[0];s.parentNode.insertBefore(hm,s);})();",
    "tabs": "document.getElementById('tab1').style.display='block';document.getElementById('tab2').style.display='none'",
    "search": "function q(){document.getElementById('key').value='';}",
    "bold": "for (const c of document.querySelectorAll('td')) c.innerHTML = '<b>' + c.textContent + '</b>';",
    "links": "$('#zoom a').attr('target','_blank'); $('.con p').each(function(){ $(this).text().trim(); });",
}


@pytest.mark.parametrize("text", CHANGING.values(), ids=CHANGING.keys())
def test_a_script_that_changes_cells_is_told(text: str) -> None:
    for page in (drawn(script(text)), drawn(body=script(text))):
        told = [i for i in read(page).issues if i.code == "table-seen-otherwise"]
        assert 2 in {i.table_no for i in told}


@pytest.mark.parametrize("text", HARMLESS.values(), ids=HARMLESS.keys())
def test_a_script_that_changes_no_cell_is_not(text: str) -> None:
    plain = read(drawn())
    for page in (drawn(script(text)), drawn(body=script(text))):
        assert [i.code for i in read(page).issues] == [i.code for i in plain.issues]
    assert score(plain, TRUE).right == len(TRUE)


def test_what_runs_when_the_page_is_opened_is_a_script_too() -> None:
    text = "document.getElementById('made1').innerHTML='45'"
    on_load = drawn().replace(b"<body>", f'<body onload="{text}">'.encode())
    kept = drawn(f'<script src="data:text/javascript,{text.replace(" ", "%20")}"></script>')
    data = drawn(f'<script type="application/json">"{text}"</script>')
    codes = [{i.code for i in read(page).issues} for page in (on_load, kept, data)]
    assert ["table-seen-otherwise" in c for c in codes] == [True, True, False]


FLEX = "tr{display:flex}"
TOLD = {
    "order": (FLEX + ".fig{order:-1}", {}),
    "own order": (FLEX, {"cell": "style='order:2'"}),
    "a place in a grid": ("tr{display:grid}", {"cell": "style='grid-column:3'"}),
    "reversed rows": ("tr{display:flex;flex-direction:row-reverse}", {}),
    "reversed table": ("tbody{display:flex;flex-direction:column-reverse}", {}),
    "put elsewhere": (".fig{position:absolute;left:300px}", {}),
    "collapsed column": ("", {"content": "{}", "columns": "<col><col style='visibility:collapse'>"}),
    "a wide screen": ("@media (min-width:1200px){.fig{display:none}}", {}),
    "a dark screen": ("@media (prefers-color-scheme:dark){.fig{visibility:hidden}}", {}),
    "a selector that is not known": ("td:nth-child(2 of .fig){display:none}", {}),
    "another tree": ("", {"content": "<div><template shadowrootmode='open'>45</template>{}</div>"}),
}
NOT_TOLD = {
    "full rows": ("tr{display:grid}.fig{grid-column:span 1}", {}),
    "narrow screens": ("@media (max-width:600px){.fig{display:none}}", {}),
    "print": ("@media print{.fig{display:none}}", {}),
    "wide screens for others": ("@media (min-width:1200px){.nav{display:none}.con{width:1170px}}", {}),
    "states": (".fig:hover{display:none}", {}),
    "collapsed borders": ("table{border-collapse:collapse}", {"columns": "<col width='50'><col>"}),
}


def styled(sheet: str, more: dict[str, str]) -> bytes:
    columns = more.get("columns", "")
    page = drawn(f"<style>{sheet}</style>", **{k: v for k, v in more.items() if k != "columns"})
    return re.sub(rb"(<table id='t2'[^>]*>)", lambda m: m[1] + columns.encode(), page)


@pytest.mark.parametrize(("sheet", "more"), TOLD.values(), ids=TOLD.keys())
def test_a_table_that_is_laid_out_otherwise_is_told(sheet: str, more: dict[str, str]) -> None:
    assert 2 in {i.table_no for i in read(styled(sheet, more)).issues if i.code == "table-seen-otherwise"}


@pytest.mark.parametrize(("sheet", "more"), NOT_TOLD.values(), ids=NOT_TOLD.keys())
def test_a_table_that_is_laid_out_as_it_stands_is_not(sheet: str, more: dict[str, str]) -> None:
    found = read(styled(sheet, more))
    assert "table-seen-otherwise" not in {i.code for i in found.issues}
    assert score(found, TRUE).right == len(TRUE)


DRAWN = {
    "colours": (".fig{background:linear-gradient(transparent 48%,red 48%,red 52%,transparent 52%)}", "{}"),
    "a line behind": (".fig span{position:relative}.fig span::after{content:'';position:absolute;top:50%;"
                      "left:0;width:100%;border-top:1px solid}", "<span>{}</span>"),
    "an empty box": ("", "{}<i style='position:absolute;left:0;top:9px;width:60px;border-top:1px solid red'></i>"),
    "a cover": ("", "{}<b style='position:absolute;inset:0;background:#fff'></b>"),
    "dots": (".fig{-webkit-text-security:disc}", "{}"),
    "a value of a variable": (".fig span{display:var(--shown)}", "<span>{}</span>"),
}  # fmt: skip
NOT_DRAWN = {
    "shades": (".fig{background:linear-gradient(#fff,#eee)}", "{}"),
    "a border drawn behind": (".fig::after{content:'';position:absolute;left:0;bottom:0;width:100%;height:1px;background:#eee}", "{}"),
    "nothing behind": (".fig::after{content:'';display:table;clear:both}", "{}"),
    "a box without ink": ("", "{}<i style='position:absolute;top:5px'></i>"),
    "a size of a variable": (".fig{font-size:var(--size);color:var(--text)}", "{}"),
}  # fmt: skip


@pytest.mark.parametrize(("sheet", "content"), DRAWN.values(), ids=DRAWN.keys())
def test_a_figure_that_something_is_drawn_across_is_not_read(sheet: str, content: str) -> None:
    found = read(drawn(f"<style>{sheet}</style>", content=content))
    assert [i.code for i in found.issues if i.table_no == 2] == ["figure-unread"]
    assert score(found, TRUE).right == len(TRUE) - 1


@pytest.mark.parametrize(("sheet", "content"), NOT_DRAWN.values(), ids=NOT_DRAWN.keys())
def test_what_is_drawn_beside_a_figure_says_nothing(sheet: str, content: str) -> None:
    found = read(drawn(f"<style>{sheet}</style>", content=content))
    assert not [i for i in found.issues if i.table_no == 2]
    assert score(found, TRUE).right == len(TRUE)
