"""Texts and amounts that have broken pages, headers, terminals and databases before."""

#: A line of Odoo's log that nobody wrote.
FORGED_LINE = '2026-01-01 00:00:00,000 1 INFO odoo odoo.http: the administrator has paid'
ESCAPES = '\x1b[2J\x1b]0;title\x07'
MARKUP = '"><img src=x onerror=alert(1)><script>alert(2)</script>'
#: The same as a browser would have to meet it to run it.
LIVE_MARKUP = ('<img src=x', '<script>alert(2)')

#: What PostgreSQL can store.
STORABLE = {
    'markup': MARKUP,
    'template': '{{ 7*7 }} ${7*7} %(reference)s %s {0}',
    'header': 'Anna\r\nBcc: evil@evil.example\r\n\r\nbody',
    'log line': f'Anna\n{FORGED_LINE}',
    'escapes': f'Anna{ESCAPES}',
    'right to left': 'Anna\N{RIGHT-TO-LEFT OVERRIDE}gpj.exe',
    'separators': 'Anna\N{LINE SEPARATOR}\N{PARAGRAPH SEPARATOR}\N{NEXT LINE}\v\fB',
    'path': '../../etc/passwd\\..\\x',
}
#: And what it can't, or should not.
TEXTS = {**STORABLE, 'nul': 'Anna\0', 'surrogate': 'Anna\ud800', 'long': 'x' * 100_000}
