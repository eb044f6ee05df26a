"""What tracked changes do to random Word files: nothing may differ but what was edited."""

from collections.abc import Iterator

from tau.bench.writing_documents import RandomEdits, RandomWordFile
from tau.experts.writing.blocks import TextDocument
from tau.experts.writing.docx_in import DocxContent, open_markup, read_docx
from tau.experts.writing.docx_out import revise_docx
from tau.experts.writing.docx_package import Package, open_package
from tau.experts.writing.docx_settle import settle_docx

AUTHOR = "Tau"
_DATE = "2026-05-12T09:30:00Z"


def broken_promises(seed: int) -> list[str]:
    """Edit a random Word file at random; return what isn't as it was promised."""
    original = RandomWordFile(seed).make()
    before = read_docx(original)
    after = RandomEdits(seed).edit(before.document)
    tracked = revise_docx(original, after, author=AUTHOR, date=_DATE)
    accepted = read_docx(settle_docx(tracked, accept=True, author=AUTHOR))
    rejected = read_docx(settle_docx(tracked, accept=False, author=AUTHOR))
    clean = read_docx(revise_docx(original, after))
    promises = {
        "accepted, it has the new text": _texts(accepted.document) == _texts(after),
        "rejected, it has the old text": _texts(rejected.document) == _texts(before.document),
        "without marks, it has the new text": _texts(clean.document) == _texts(after),
        "rejected, the marks of others are there": _others(rejected) == _others(before),
        "the comments are there": _comments(rejected) == _comments(before),
        "hidden text is kept": [text for _, text in rejected.hidden]
        == [text for _, text in before.hidden],
        **_bytes_kept(open_package(original), open_package(tracked), before.document, after),
    }
    return [promise for promise, kept in promises.items() if not kept]


def _bytes_kept(
    original: Package, tracked: Package, before: TextDocument, after: TextDocument
) -> dict[str, bool]:
    others = {name: part for name, part in original.parts.items() if name != original.main}
    now = {name: part for name, part in tracked.parts.items() if name != tracked.main}
    texts = {block.id: block.text for block in after.blocks}
    changed = {block.id for block in before.blocks if texts.get(block.id, "") != block.text}
    unchanged = [one for name, one in _paragraphs(original) if name not in changed]
    present = iter([one for _, one in _paragraphs(tracked)])
    return {
        "other parts are the same bytes": others == now,
        "their order is the same": list(original.parts) == list(tracked.parts),
        "other paragraphs are the same bytes": all(one in present for one in unchanged),
        "what is around paragraphs is the same": _around(original) == _around(tracked),
    }


def _paragraphs(package: Package) -> Iterator[tuple[str, bytes]]:
    markup = open_markup(package)
    for number, node in enumerate(markup.paragraphs(), start=1):
        yield f"p{number}", markup.file.bytes_of(node)


def _around(package: Package) -> bytes:
    """Return the document without its paragraphs."""
    markup = open_markup(package)
    spans = [node.span for node in markup.paragraphs() if node.span]
    content = markup.file.source
    for start, end in reversed(spans):
        content = content[:start] + content[end:]
    return content


def _texts(document: TextDocument) -> list[str]:
    return [block.text for block in document.blocks if block.text.strip()]


def _others(content: DocxContent) -> list[str]:
    """Return what others changed, joined: a mark may be cut in two by a change within it."""
    changes = [change for _, change in content.changes]
    kinds = ("inserted", "deleted")
    return ["".join(one.text for one in changes if one.kind == kind) for kind in kinds]


def _comments(content: DocxContent) -> list[tuple[str, str]]:
    return [(comment.id, comment.text) for comment in content.comments]
