"""Decisions of named persons about columns that look personal: leave out, mask, publish on a legal basis, refuse.

    held version ─► every column decided ─► the version itself goes live, or one made of it does, or it is refused

`columns` says what is to be decided, `keeping` holds who decided what, `deriving` makes the file, `applying` makes it live and takes it
back. The bytes that were held are never public unless every column of them may be published.
"""
