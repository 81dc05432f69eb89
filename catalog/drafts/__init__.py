"""Files on their way to being handed in: sent, checked as often as needed, mended, and only then submitted.

Nothing of a draft is public. `keeping` holds its rows and bytes, `checking` says what is in a file, `submitting` makes an
upload of it and orders the run that publishes it.
"""
