"""New Word files, for documents that began in Tau: plain styles, lists, tables, A4 or Letter."""

import io
import re
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import Literal
from xml.sax.saxutils import escape

from tau.experts.writing.blocks import Block, TextDocument
from tau.experts.writing.docx_looks import ParagraphLook, look_properties
from tau.experts.writing.inline_markdown import TextSpan, parse_inline

Paper = Literal["a4", "letter"]

_W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_TYPES = "application/vnd.openxmlformats-officedocument.wordprocessingml"
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_SIZES: dict[Paper, tuple[int, int]] = {"a4": (11906, 16838), "letter": (12240, 15840)}
_MARGIN = 1417  # 2.5 cm in twentieths of a point
_BULLETS, _NUMBERS = 1, 2
_LIST_LEVELS = 9
_STYLE = re.compile(r"<w:pStyle [^>]*/>")
_STAMP = (1980, 1, 1, 0, 0, 0)
_PARTS = {"document": "document.main", "styles": "styles", "numbering": "numbering"}


def new_docx(
    document: TextDocument,
    *,
    paper: Paper = "a4",
    language: str = "en-US",
    looks: Mapping[str, ParagraphLook] = MappingProxyType({}),
) -> bytes:
    """Return a document as a Word file; `looks` are those of blocks, by id."""
    body = "".join(_body(document, looks))
    width, height = _SIZES[paper]
    section = (
        f'<w:sectPr><w:pgSz w:w="{width}" w:h="{height}"/><w:pgMar w:top="{_MARGIN}" '
        f'w:right="{_MARGIN}" w:bottom="{_MARGIN}" w:left="{_MARGIN}" w:header="708" '
        'w:footer="708" w:gutter="0"/></w:sectPr>'
    )
    numbered = sum(1 for _ in _numbered_lists(document.blocks))
    parts = {
        "[Content_Types].xml": _content_types(),
        "_rels/.rels": _relations({"word/document.xml": "officeDocument"}),
        "word/_rels/document.xml.rels": _relations(
            {"styles.xml": "styles", "numbering.xml": "numbering"}
        ),
        "word/document.xml": f'<w:document xmlns:w="{_W}"><w:body>{body}{section}</w:body>'
        "</w:document>",
        "word/styles.xml": _styles(language),
        "word/numbering.xml": _numbering(numbered),
    }
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(zipfile.ZipInfo(name, _STAMP), _HEAD + content, zipfile.ZIP_DEFLATED)
    return packed.getvalue()


def _body(document: TextDocument, looks: Mapping[str, ParagraphLook]) -> Iterator[str]:
    lists = dict(_numbered_lists(document.blocks))
    number = _NUMBERS - 1
    for place, block in enumerate(document.blocks):
        number = lists.get(place, number)
        if block.kind == "table":
            yield _table(block.text)
        else:
            yield _paragraph(block, number, looks.get(block.id), plain=document.plain)


def _numbered_lists(blocks: Iterable[Block]) -> Iterator[tuple[int, int]]:
    """Yield where a numbered list begins, and its number among the lists of the file."""
    goes_on = False
    number = _NUMBERS
    for place, block in enumerate(blocks):
        if block.kind == "item" and block.marker[:1].isdigit():
            if not goes_on:
                yield place, number
                number += 1
            goes_on = True
        elif block.kind != "item" or not block.level:
            goes_on = False


def _paragraph(block: Block, number: int, given: ParagraphLook | None, *, plain: bool) -> str:
    spans = [TextSpan(block.text)] if plain or block.kind == "code" else parse_inline(block.text)
    runs = "".join(_run(span) for span in spans if span.text)
    look = ""
    match block.kind:
        case "heading":
            look = f'<w:pStyle w:val="Heading{min(block.level, 3)}"/>'
        case "item":
            is_numbered = block.marker[:1].isdigit()
            level = min(block.level, _LIST_LEVELS - 1)
            look = (
                '<w:pStyle w:val="ListParagraph"/>'
                f'<w:numPr><w:ilvl w:val="{level}"/>'
                f'<w:numId w:val="{number if is_numbered else _BULLETS}"/></w:numPr>'
            )
        case "quote" | "code":
            look = f'<w:pStyle w:val="{block.kind.title()}"/>'
        case "rule":
            look = '<w:pBdr><w:bottom w:val="single" w:sz="6" w:space="1" w:color="auto"/></w:pBdr>'
    frame, place = look_properties(given)
    # Word wants properties in order: a style, a frame, lists and borders, and then the rest.
    style = _STYLE.match(look)
    named = style[0] if style else ""
    look = f"{named}{frame}{look.removeprefix(named)}{place}"
    return f"<w:p>{f'<w:pPr>{look}</w:pPr>' if look else ''}{runs}</w:p>"


def _run(span: TextSpan) -> str:
    looks = {
        '<w:rFonts w:ascii="Consolas" w:hAnsi="Consolas"/>': span.code,
        "<w:b/>": span.bold,
        "<w:i/>": span.italic,
    }
    look = "".join(name for name, is_on in looks.items() if is_on)
    pieces = span.text.replace("\t", "\n\t\n").split("\n")
    shown: list[str] = []
    for place, piece in enumerate(pieces):
        after_tab = place > 0 and pieces[place - 1] == "\t"
        if place and piece != "\t" and not after_tab:
            shown.append("<w:br/>")
        if piece == "\t":
            shown.append("<w:tab/>")
        elif piece:
            shown.append(f'<w:t xml:space="preserve">{_clean(piece)}</w:t>')
    return f"<w:r>{f'<w:rPr>{look}</w:rPr>' if look else ''}{''.join(shown)}</w:r>"


def _clean(text: str) -> str:
    """Return a text as XML may hold it: without control characters."""
    kept = (one if one >= " " and one not in "\ufffe\uffff" else " " for one in text)
    return escape("".join(kept)).encode("utf-8", "replace").decode()


def _table(text: str) -> str:
    rows, has_head = table_rows(text)
    grid = "<w:gridCol/>" * len(rows[0])
    lines = (_row(row, bold=has_head and place == 0) for place, row in enumerate(rows))
    return (
        '<w:tbl><w:tblPr><w:tblStyle w:val="TableGrid"/><w:tblW w:w="0" w:type="auto"/></w:tblPr>'
        f"<w:tblGrid>{grid}</w:tblGrid>{''.join(lines)}</w:tbl><w:p/>"
    )


def table_rows(text: str) -> tuple[list[list[str]], bool]:
    """Return the rows of a Markdown table, all of one length, and whether the first is a head."""
    rows = [
        [cell.strip() for cell in line.strip().strip("|").split("|")] for line in text.split("\n")
    ]
    has_head = len(rows) > 1 and all(cell and set(cell) <= set("-: ") for cell in rows[1])
    if has_head:
        del rows[1]
    columns = max(map(len, rows))
    return [row + [""] * (columns - len(row)) for row in rows], has_head


def _row(cells: list[str], *, bold: bool) -> str:
    shown = (
        "".join(_run(span._replace(bold=span.bold or bold)) for span in parse_inline(cell))
        for cell in cells
    )
    return "<w:tr>" + "".join(f"<w:tc><w:p>{runs}</w:p></w:tc>" for runs in shown) + "</w:tr>"


def _content_types() -> str:
    overrides = "".join(
        f'<Override PartName="/word/{part}.xml" ContentType="{_TYPES}.{kind}+xml"/>'
        for part, kind in _PARTS.items()
    )
    return (
        f'<Types xmlns="{_PACKAGE}/content-types"><Default Extension="rels" '
        'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Default Extension="xml" ContentType="application/xml"/>{overrides}</Types>'
    )


def _relations(targets: dict[str, str]) -> str:
    lines = "".join(
        f'<Relationship Id="rId{number}" Type="{_OFFICE}/{kind}" Target="{target}"/>'
        for number, (target, kind) in enumerate(targets.items(), start=1)
    )
    return f'<Relationships xmlns="{_PACKAGE}/relationships">{lines}</Relationships>'


def _styles(language: str) -> str:
    headings = "".join(
        f'<w:style w:type="paragraph" w:styleId="Heading{level}"><w:name w:val="heading {level}"/>'
        '<w:basedOn w:val="Normal"/><w:next w:val="Normal"/><w:pPr><w:keepNext/>'
        f'<w:spacing w:before="240" w:after="120"/><w:outlineLvl w:val="{level - 1}"/></w:pPr>'
        f'<w:rPr><w:b/><w:sz w:val="{size}"/></w:rPr></w:style>'
        for level, size in ((1, 32), (2, 26), (3, 24))
    )
    others = "".join(
        f'<w:style w:type="paragraph" w:styleId="{name}"><w:name w:val="{name}"/>'
        f'<w:basedOn w:val="Normal"/><w:pPr>{look}</w:pPr>{runs}</w:style>'
        for name, look, runs in (
            ("ListParagraph", '<w:spacing w:after="60"/>', ""),
            ("Quote", '<w:ind w:left="567"/>', "<w:rPr><w:i/></w:rPr>"),
            ("Code", "", '<w:rPr><w:rFonts w:ascii="Consolas" w:hAnsi="Consolas"/></w:rPr>'),
        )
    )
    edges = "".join(
        f'<w:{edge} w:val="single" w:sz="4" w:space="0" w:color="auto"/>'
        for edge in ("top", "left", "bottom", "right", "insideH", "insideV")
    )
    return (
        f'<w:styles xmlns:w="{_W}"><w:docDefaults><w:rPrDefault><w:rPr>'
        '<w:rFonts w:ascii="Calibri" w:hAnsi="Calibri" w:eastAsia="SimSun" w:cs="Calibri"/>'
        f'<w:sz w:val="22"/><w:lang w:val="{escape(language)}" w:eastAsia="zh-CN"/></w:rPr>'
        "</w:rPrDefault><w:pPrDefault><w:pPr>"
        '<w:spacing w:after="160" w:line="264" w:lineRule="auto"/></w:pPr></w:pPrDefault>'
        '</w:docDefaults><w:style w:type="paragraph" w:default="1" w:styleId="Normal">'
        f'<w:name w:val="Normal"/></w:style>{headings}{others}'
        '<w:style w:type="table" w:styleId="TableGrid"><w:name w:val="Table Grid"/>'
        f"<w:tblPr><w:tblBorders>{edges}</w:tblBorders></w:tblPr></w:style></w:styles>"
    )


def _numbering(numbered: int) -> str:
    """Return one list with bullets, and as many numbered ones, each counted from 1."""
    kinds = "".join(
        f'<w:abstractNum w:abstractNumId="{name}">{_levels(name)}</w:abstractNum>'
        for name in (_BULLETS, _NUMBERS)
    )
    restart = '<w:lvlOverride w:ilvl="0"><w:startOverride w:val="1"/></w:lvlOverride>'
    lists = f'<w:num w:numId="{_BULLETS}"><w:abstractNumId w:val="{_BULLETS}"/></w:num>' + "".join(
        f'<w:num w:numId="{_NUMBERS + place}"><w:abstractNumId w:val="{_NUMBERS}"/>'
        f"{restart}</w:num>"
        for place in range(max(1, numbered))
    )
    return f'<w:numbering xmlns:w="{_W}">{kinds}{lists}</w:numbering>'


def _levels(kind: int) -> str:
    return "".join(
        f'<w:lvl w:ilvl="{level}"><w:start w:val="1"/>'
        f'<w:numFmt w:val="{"bullet" if kind == _BULLETS else "decimal"}"/>'
        f'<w:lvlText w:val="{"•" if kind == _BULLETS else f"%{level + 1}."}"/>'
        f'<w:pPr><w:ind w:left="{567 * (level + 1)}" w:hanging="357"/></w:pPr></w:lvl>'
        for level in range(_LIST_LEVELS)
    )
