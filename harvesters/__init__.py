"""Harvesting: how the agencies' datasets come here. One connector for each *way of access*, never for a publisher.

To write a new connector:

1. One short module with one class that follows `harvesters.base.Connector`. `page` lists what the source has, a part at a
   time, so that a run that was killed goes on from a cursor; `describe` puts one record into the catalogue's words with a
   `harvesters.describing.Draft`, without any network. Whatever cannot be used is a `catalog.errors.Trouble` whose issue
   says who must act; its words go into `catalog/issue_codes.toml`. Everything that goes out goes through the `Net` that it
   is given: the guard, the limits and the manners are there.
2. Its `options`, `harvesters.describing.DEFAULTS` among them. Each has words in both languages; the command line and the
   web form ask for what is `required`, and a `secret` one is kept sealed and arrives in `SourceSpec.secrets` only. Options
   that cannot be used together are a `UsageError` of the constructor, so that `haidang source add` says so at once.
3. One line under `[project.entry-points."haidang.connectors"]`; `haidang source kinds` and every form then show it.
4. A module in `tests/support/kinds` that serves such a source on loopback: `tests/harvesters/test_connectors.py` then tests
   it as it tests all others. Its own test holds recorded answers of a real server and what goes wrong with them.

What a connector may be beside that (each is a protocol in `harvesters.base`):

- `Maker`: the source has no file of a table but an interface that gives its rows, or files that no web address leads to.
  `describe` puts a `recipe` into the distribution, and the pipeline has the file made when it needs it.
- `Detailing`: the source lists identifiers cheaply, each with a mark that changes when the record does; only those whose
  mark is new are asked for in full.
- `Placed`: the source is reached by other ways than HTTP, so the connector itself says whether its address may be used.

A connector that finds addresses by following links asks `Net.require_crawlable` before it follows one (robots.txt).
"""
