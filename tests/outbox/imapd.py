"""An IMAP server to test against: as much of RFC 3501 as a reader of mails asks for."""

import re
import socketserver
import threading
from typing import Any, cast

PASSWORD = "ouvre-toi"


class ImapServer:
    """`mails` by their numbers; `flags` what clients marked them with; `refuses` commands answered NO."""

    def __init__(self) -> None:
        self.mails: dict[int, bytes] = {}
        self.flags: dict[int, set[str]] = {}
        self.uid_validity = 7
        self.refuses: set[str] = set()
        self.heard: list[str] = []
        self._server = _Server(("127.0.0.1", 0), _Speaker)
        self._server.imap = self
        threading.Thread(target=self._server.serve_forever, args=[0.02], daemon=True).start()

    @property
    def url(self) -> str:
        return f"imap://retours:{PASSWORD}@127.0.0.1:{self._server.server_address[1]}/INBOX"

    def put(self, *mails: bytes) -> None:
        for mail in mails:
            self.mails[max(self.mails, default=0) + 1] = mail

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def answer(self, tag: str, line: str) -> bytes:
        self.heard.append(line.replace(PASSWORD, "…"))
        command = line.removeprefix("UID ").partition(" ")[0].upper()
        if command in self.refuses:
            return f"{tag} NO {command} refused\r\n".encode()
        said = getattr(self, f"_{command.lower()}", lambda line: b"")(line)
        return cast("bytes", said) + f"{tag} OK {command} done\r\n".encode()

    def _capability(self, line: str) -> bytes:
        return b"* CAPABILITY IMAP4rev1\r\n"

    def _select(self, line: str) -> bytes:
        return f"* {len(self.mails)} EXISTS\r\n* OK [UIDVALIDITY {self.uid_validity}] valid\r\n".encode()

    def _search(self, line: str) -> bytes:
        wanted = re.search(r"UID (\d+):\*", line)
        if wanted:  # n:* names the last one in any case
            found = [uid for uid in self.mails if uid >= int(wanted[1])] or list(self.mails)[-1:]
        else:
            found = [uid for uid in self.mails if r"\Seen" not in self.flags.get(uid, set())]
        return f"* SEARCH {' '.join(map(str, found))}".rstrip().encode() + b"\r\n"

    def _fetch(self, line: str) -> bytes:
        uid, limit = map(int, cast("Any", re.search(r"FETCH (\d+) .*<0\.(\d+)>", line)).groups())
        content = self.mails[uid][:limit]
        return f"* 1 FETCH (UID {uid} BODY[]<0> {{{len(content)}}}\r\n".encode() + content + b")\r\n"

    def _store(self, line: str) -> bytes:
        uid, flag = cast("Any", re.search(r"STORE (\d+) \+FLAGS\.SILENT \((.+)\)", line)).groups()
        self.flags.setdefault(int(uid), set()).add(flag)
        return b""

    def _logout(self, line: str) -> bytes:
        return b"* BYE\r\n"


class _Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = daemon_threads = True
    imap: ImapServer


class _Speaker(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        imap = cast("Any", self.server).imap
        self.wfile.write(b"* OK ready\r\n")
        for line in self.rfile:
            tag, _space, command = line.decode().strip().partition(" ")
            self.wfile.write(imap.answer(tag, command))
            if command.upper() == "LOGOUT":
                return
