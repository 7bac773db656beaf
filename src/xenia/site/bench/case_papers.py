"""What lies in an open case beside its history: messages both ways with their receipts, documents, notes. For benches only."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from xenia.cases import facts
from xenia.cases.models import KEY, Case, CaseDocument, CaseNote
from xenia.exchange.models import Incoming, Outgoing, Partner, ReceiptRow, Thread
from xenia.journal import data_keys
from xenia.journal.ids import uuid7

MESSAGES = ("application", "question", "answer", "reply_positive")
"""One after the other, ours and theirs by turns."""
DOCUMENTS = ("photograph", "evidence_copy", "travel_document_copy")
NOTES = ("Called the embassy; they answer on Monday.", "The interpreter is booked.")


def write(cases: Sequence[Case], officers: Sequence[UUID], partner: Partner, draw: random.Random) -> None:
    """Give each of these cases its messages, documents and notes. Inside `writing()`."""
    Papers(cases, officers, partner, draw).write()


class Papers:
    """The papers of some cases, in rows."""

    def __init__(self, cases: Sequence[Case], officers: Sequence[UUID], partner: Partner, draw: random.Random) -> None:
        self.cases, self.officers, self.partner, self.draw = cases, officers, partner, draw
        self.ours: list[Outgoing] = []
        self.theirs: list[Incoming] = []
        self.receipts: list[ReceiptRow] = []

    def write(self) -> None:
        """All of them."""
        threads = [Thread(id=uuid7(), partner=self.partner, thread=case.thread, about=case.about, sent=2, settled=2,
                          received=2) for case in self.cases]  # fmt: skip
        for case, thread in zip(self.cases, threads, strict=True):
            self._messages(case, thread)
        Thread.objects.bulk_create(threads)
        Outgoing.objects.bulk_create(self.ours)
        Incoming.objects.bulk_create(self.theirs)
        ReceiptRow.objects.bulk_create(self.receipts)
        self._kept()

    def _messages(self, case: Case, thread: Thread) -> None:
        for number, word in enumerate(MESSAGES):
            at, id = case.opened_at + timedelta(hours=number), uuid4()
            own, turn, hash = number % 2 == 0, number // 2 + 1, f"{self.draw.getrandbits(256):064x}"
            said = {
                "thread": thread, "number": turn, "after": turn - 1, "type": f"{case.procedure}/{word}", "version": 1,
                "case_ref": case.reference, "created": at, "hash": hash, "blob": hash, "state": "accepted",
            }  # fmt: skip
            if own:
                self.ours.append(
                    Outgoing(id=id, priority="normal", expires=at + timedelta(days=14), next_at=at, **said)
                )
            else:
                self.theirs.append(
                    Incoming(row=uuid7(), id=id, partner=self.partner, carrier="https", received_at=at, **said)
                )
            self._receipts(id, hash, own, at)

    def _receipts(self, message: UUID, hash: str, own: bool, at: datetime) -> None:
        for step, kind in enumerate(("delivered", "accepted", "answered"), 1):
            self.receipts.append(
                ReceiptRow(message=message, ours=not own, kind=kind, at=at + timedelta(minutes=step),
                           by=self.partner.address, hash=hash)
            )  # fmt: skip

    def _kept(self) -> None:
        wanted = [(case, text) for case in self.cases for text in (*DOCUMENTS, *NOTES)]
        plain = [text.encode() if text in DOCUMENTS else facts.packed(text) for _case, text in wanted]
        whose = [case.about for case, _text in wanted]
        sealed = data_keys.seal_many([(about, KEY, one) for about, one in zip(whose, plain, strict=True)])
        documents, notes = [], []
        for (case, text), box in zip(wanted, sealed, strict=True):
            who = self.draw.choice(self.officers)
            if text in DOCUMENTS:
                hash = f"{self.draw.getrandbits(256):064x}"
                documents.append(
                    CaseDocument(case=case, kind=text, address=hash, sha256=hash, size_bytes=40_000,
                                 media_type="image/jpeg", name=box, by=f"account:{who}", added_at=case.opened_at)
                )  # fmt: skip
            else:
                notes.append(CaseNote(case=case, account=who, made_at=case.opened_at, sealed=box))
        CaseDocument.objects.bulk_create(documents)
        CaseNote.objects.bulk_create(notes)
