"""What a dataset is and how it travels.

A *source* belongs to an agency on the register. Its connector gathers identifiers; each becomes a
`record.Record` that passes through the ordered steps of `pipeline`: fetch, read, validate, screen,
store, publish, index. What goes wrong on the way is an `issues.Issue` on the record, never a lost record.

Storing keeps the original bytes and a new version; publishing calls the same `actions` that the API
calls; indexing appends to the change log that `search` follows. `participation` is computed from the dated
evidence that all this leaves behind, over the agencies that `register` says were there on the day.
"""
