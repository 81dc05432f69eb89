"""The verbs of `haidang` that need nothing but the catalogue; one file a noun."""
