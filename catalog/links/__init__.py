"""Whether the links of published datasets lead to what they promise: asked politely, judged patiently, said to the agency.

`check_due_links` does a bounded part of what is due; `hasten` lets the links of a source that failed be due first, `check_again`
checks those of a dataset while its caller waits.
"""

from catalog.links.due import Checked, check_again, check_due_links, hasten, waiting
from catalog.links.keeping import Listed, listing

__all__ = ["Checked", "Listed", "check_again", "check_due_links", "hasten", "listing", "waiting"]
