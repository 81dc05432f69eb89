"""The catalogue in the formats that other portals, search engines and programs ask for. Reads only.

`entries` gathers what is published as `Entry` objects, a batch at a time; each format is one module that turns an
entry into its own words: `dcat_ap`, `dcat_us`, `dcat_us_3`, `schema_org`, `croissant`, `data_package`,
`package_zip`, `atom`, `sitemap`, `oai`. Texts and addresses pass through `wording` first, since they come from outside.
"""
