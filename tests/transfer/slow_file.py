"""A file whose reading stops until the test lets it go on."""

import io
import threading


class PausedFile(io.BytesIO):
    """Bytes whose `pause_at`-th read from now waits for `resume`; `reading` is set meanwhile."""

    def __init__(self, raw: bytes, pause_at: int = 1) -> None:
        super().__init__(raw)
        self.reading = threading.Event()
        self.resume = threading.Event()
        self._left = pause_at

    def read(self, size: int | None = -1, /) -> bytes:
        self._left -= 1
        if self._left == 0:
            self.reading.set()
            assert self.resume.wait(30)
        return super().read(size)
