"""What the pages load beside our own files: fonts and charts, from pinned npm packages, fetched at set-up."""
