"""Whether the links of published datasets lead to what they promise: asked politely, judged patiently, said to the agency.

`check_due_links` does a bounded part of what is due; `check_again` is what "check again now" does.
"""

from catalog.links.due import Checked, check_again, check_due_links
from catalog.links.keeping import Listed, listing

__all__ = ["Checked", "Listed", "check_again", "check_due_links", "listing"]
