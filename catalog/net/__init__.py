"""The only way out to the network: guarded, bounded, polite, and plain about what went wrong.

Every address is vetted when the connection is made, and the connection goes to the vetted address. Redirects are
followed by hand and each is vetted again. Connect, read and the whole have their own time limits, and a body its
own size limit, counted after decompression. Every failure is a `Trouble` whose issue has a code, words and a remedy;
no byte of an answer ever gets into one.
"""

from catalog.net.client import Net
from catalog.net.limits import Answer, Downloaded, Limits, Sink, World
from catalog.net.local import LocalFolder, is_file_url
from catalog.net.mail import MailSession, mail_session
from catalog.net.politeness import ABOUT_THE_HOST

__all__ = ["ABOUT_THE_HOST", "Answer", "Downloaded", "Limits", "LocalFolder", "MailSession", "Net", "Sink", "World", "is_file_url",
           "mail_session"]
