"""Program that reads a Word file from its standard input, in a process with limits of its own.

Its input is a line with the seconds that it may take, then the file. It writes what the file says
as JSON, or the reason why it isn't opened.
"""

import sys

import msgspec

from tau.documents.child.limits import limit_reading
from tau.experts.writing.docx_in import DocxContent, read_docx
from tau.experts.writing.docx_package import RefusedFile

TOO_LARGE = "The file takes too much memory or time to be read."


class DocxAnswer(msgspec.Struct, frozen=True, omit_defaults=True):
    """What the program answers: the content, or a reason."""

    content: DocxContent | None = None
    reason: str = ""


def main() -> None:
    """Read the file and write what it says."""
    asked = msgspec.json.decode(sys.stdin.buffer.readline(), type=dict[str, int])
    limit_reading(asked["seconds"])
    try:
        answer = DocxAnswer(read_docx(sys.stdin.buffer.read()))
    except RefusedFile as refused:
        answer = DocxAnswer(reason=str(refused))
    except (MemoryError, RecursionError):
        answer = DocxAnswer(reason=TOO_LARGE)
    sys.stdout.buffer.write(msgspec.json.encode(answer))


if __name__ == "__main__":
    main()
