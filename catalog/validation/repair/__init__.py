"""The repair of cells: what was meant, where the column leaves no doubt, and what has to be asked where it does.

    column = Column(field)              # a field's descriptor
    for cell in cells: column.look(cell)
    column.proposal("31/12/2024")       # Proposal(after="2024-12-31", certain=True, rule="date-dmy", …)

A proposal is *certain* when every reading that the whole column still allows gives the same value, and that value is valid
under the field. Everything else is a question with its readings. Nothing is ever guessed: `05/04/2023` in a column that
proves neither order stays as it is, and `-` never becomes 0.
"""

from __future__ import annotations

from catalog.validation.repair.column import Column
from catalog.validation.repair.proposals import Proposal, Reading

__all__ = ["Column", "Proposal", "Reading"]
