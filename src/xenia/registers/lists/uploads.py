"""Uploaded lists go to disk inside HOME, owner-only, never to /tmp and never whole into memory; and not without end."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import TemporaryUploadedFile, UploadedFile
from django.core.files.uploadhandler import FileUploadHandler, StopUpload, TemporaryFileUploadHandler

# 10 million documents are about 0.5 GB, 1 million persons with long texts about 0.4 GB.
MOST_BYTES = 2_000_000_000


def folder() -> Path:
    """HOME/lists/uploads, made with owner-only rights."""
    path = Path(settings.XENIA_HOME) / "lists" / "uploads"
    path.mkdir(parents=True, exist_ok=True, mode=0o700)
    return path


class HomeFile(TemporaryUploadedFile):
    """An uploaded file in HOME/lists/uploads; removed when it is closed, unless a load has taken it."""

    def __init__(self, name: str | None, content_type: str | None, charset: str | None, extra: Any) -> None:
        file = tempfile.NamedTemporaryFile(suffix=".upload", dir=folder())  # noqa: SIM115 - Django closes it
        UploadedFile.__init__(self, file, name, content_type, 0, charset, extra)


class HomeUpload(TemporaryFileUploadHandler):
    """The setting FILE_UPLOAD_HANDLERS names it. An upload beyond the limit is cut off and has no file."""

    taken = 0

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        """A file begins."""
        FileUploadHandler.new_file(self, *args, **kwargs)
        self.file = HomeFile(self.file_name, self.content_type, self.charset, self.content_type_extra)

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        """Another piece of it. Raises `StopUpload` beyond the limit."""
        self.taken += len(raw_data)
        if self.taken > MOST_BYTES:
            raise StopUpload(connection_reset=True)
        super().receive_data_chunk(raw_data, start)
