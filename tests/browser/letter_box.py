"""The mail server of the shop's staff: whatever is sent there can be read."""

import socketserver
import threading
from email import message_from_bytes, policy
from email.message import EmailMessage

from dev.env.waiting import wait_until

#: Seconds until the shop's job has sent what is in its queue.
POST_LIMIT = 30


class LetterBox(socketserver.ThreadingTCPServer):
    """Speaks as much of SMTP as it takes to be sent letters, on a port of its own."""

    daemon_threads = True

    def __init__(self):
        super().__init__(('127.0.0.1', 0), _Postman)
        self.letters: list[EmailMessage] = []

    @property
    def port(self) -> int:
        """Where it listens."""
        return self.server_address[1]

    def __enter__(self) -> 'LetterBox':
        threading.Thread(target=self.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *exception) -> None:
        self.shutdown()
        super().__exit__(*exception)

    def letter(self, text: str) -> str:
        """Wait for the letter that has a text in it, and return its HTML."""
        found = wait_until(
            lambda: [html for html in map(_html_of, list(self.letters)) if text in html],
            limit=POST_LIMIT,
        )
        assert found, f'No letter has come with {text!r}.'
        return found[0]


class _Postman(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        self._say('220 ready')
        for line in self.rfile:
            command = line[:4].upper()
            if command == b'DATA':
                self._say('354 go on')
                self._take_letter()
            self._say('221 bye' if command == b'QUIT' else '250 ok')
            if command == b'QUIT':
                return

    def _take_letter(self) -> None:
        lines = iter(self.rfile.readline, b'.\r\n')
        letter = b''.join(line.removeprefix(b'.') for line in lines)
        self.server.letters.append(message_from_bytes(letter, policy=policy.default))

    def _say(self, line: str) -> None:
        self.wfile.write(f'{line}\r\n'.encode())


def _html_of(letter: EmailMessage) -> str:
    return letter.get_body(('html',)).get_content()
