"""Publishing onward: what is public here, sent to other CKANs through `ckanapi`, and kept true there.

`targets.py` saves a target, `mapping.py` says what a dataset is to be there, `portal.py` is the target behind our own errors,
`holders.py` its organizations and groups, `delivering.py` one dataset, `leaving.py` what is taken away and the guard over it,
`publishing.py` a whole run, `orders.py` who asks for one.
"""

WORKFLOW, QUEUE = "publish_onward", "onward"  # of the durable engine: a run that a page or a schedule ordered
