"""A hundred thousand faults in columns of every schema: no certain proposal is wrong, and nine in ten repairable faults get one."""

from __future__ import annotations

from collections import Counter

from support.faults import inject

import schemas

FAULTS, WANTED = 100_000, 0.9
MORE = [  # what the registry's schemas do not have
    {"name": "thang", "type": "yearmonth"}, {"name": "nam", "type": "year"}, {"name": "co", "type": "boolean"},
    {"name": "so_am", "type": "number", "constraints": {"minimum": -1_000_000}}, {"name": "nguyen_am", "type": "integer", "constraints": {"minimum": -100_000}}]


def test_no_certain_proposal_is_wrong():
    entries = [*(entry for name in schemas.names() for entry in schemas.load(name).descriptor["fields"]), *MORE]
    tally = inject(entries, FAULTS, seed=1862)
    rows: dict[tuple[str, str], Counter[str]] = {}
    for (kind, fault, what), count in sorted(tally.outcomes.items()):
        rows.setdefault((kind, fault), Counter())[what] = count
    for (kind, fault), outcomes in rows.items():
        print(f"{kind:10} {fault:18} " + "  ".join(f"{what} {outcomes[what]:6}" for what in ("certain", "asked", "nothing", "fine")))
    print(f"{tally.faults} faults, {len(tally.wrong)} certain and wrong, {tally.share_certain():.3f} of the repairable are certain")
    assert tally.wrong == []
    assert tally.share_certain() >= WANTED
