"""The repair of cells: what was meant, where the column leaves no doubt, and what has to be asked where it does.

    column = Column(field)              # a field's descriptor
    for cell in cells: column.look(cell)
    column.proposal("31/12/2024")       # Proposal(after="2024-12-31", certain=True, rule="date-dmy", …)

`Repair` does so for a whole table that did not pass (`Verdict.faulty`): changes, questions, the corrected file; `write_marked`
writes the workbook with the wrong cells marked.

A proposal is *certain* when every reading that the whole column still allows gives the same value, and that value is valid
under the field. Everything else is a question with its readings. Nothing is ever guessed: `05/04/2023` in a column that
proves neither order stays as it is, and `-` never becomes 0.
"""

from __future__ import annotations

from catalog.validation.repair.column import Column
from catalog.validation.repair.marked import write_marked
from catalog.validation.repair.proposals import Proposal, Reading
from catalog.validation.repair.table import Change, Repair

__all__ = ["Change", "Column", "Proposal", "Reading", "Repair", "write_marked"]
