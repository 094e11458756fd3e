"""The loop that imap_tools' own README shows: unseen mails one by one, each attachment into a file."""

import ssl
import sys
from pathlib import Path

from imap_tools import AND, MailBox

port, ca_file, out = int(sys.argv[1]), sys.argv[2], Path(sys.argv[3])
with MailBox("localhost", port, ssl_context=ssl.create_default_context(cafile=ca_file)).login(
    "tougao@example.cn", "pw1"
) as mailbox:
    for message in mailbox.fetch(AND(seen=False), mark_seen=False):
        for attachment in message.attachments:
            (out / f"{message.uid}-{attachment.filename}").write_bytes(attachment.payload)
