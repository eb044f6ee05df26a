"""Text of a PDF, page by page."""

import io
from collections.abc import Iterator

from tau.documents.child.limits import Refused

MAX_PAGES = 5_000


def read_pdf(content: bytes) -> Iterator[tuple[int, str, str]]:
    """Yield the number of each page and its text. Raises `Refused`."""
    try:
        import pypdf
        from pypdf.errors import PyPdfError
    except ImportError:
        raise Refused("missing") from None
    try:
        reader = pypdf.PdfReader(io.BytesIO(content))
        if reader.is_encrypted and not reader.decrypt(""):
            raise Refused("password")
        if len(reader.pages) > MAX_PAGES:
            raise Refused("large")
        for number, page in enumerate(reader.pages, start=1):
            yield number, "", page.extract_text()
    except (PyPdfError, RecursionError, AttributeError, TypeError, IndexError, ArithmeticError):
        raise Refused("unreadable") from None  # what pypdf raises for damaged files
