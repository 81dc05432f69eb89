"""The watch: whoever is in charge is told what goes wrong, once, and when it is over.

`watching.watch(site)` is called every minute by a worker. When anything may have changed, `standing` and `promises` say what
holds at this moment; `keeping` compares that with the notices that are open, writes those that are new (unique by subject, kind and
episode, so that a thing is told once however often the watch looks), and ends those that are over; `audience` says who is to be told.
`sending` hands in what is due: one digest for each receiver by mail (`digest`), and a signed POST to a webhook (`hook`). What fails
waits in its row and is tried again. `listing` shows every notice that was ever kept, sent or not.
"""
