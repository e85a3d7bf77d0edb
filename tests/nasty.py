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

#: What a form or an address may carry in the place of an amount of roubles, and what is none.
NO_AMOUNTS = {
    'nothing': '',
    'long': '9' * 5000,
    'longer': '9' * 100_000,
    'nan': 'NaN',
    'infinite': '1e999',
    'infinity': '-Infinity',
    'minus zero': '-0',
    'minus': '-100',
    'plus': '+100',
    'exponent': '1e2',
    'hexadecimal': '0x64',
    'underscores': '1_0_0',
    'arabic': '١٠٠',
    'fullwidth': '１００',
    'superscript': '1²',
    'roman': 'Ⅽ',
    'fraction of a kopeck': '100.001',
    'two points': '100.0.0',
    'two amounts': '100, 200',
    'expression': '10**2',
    'object': '{"amount": 100}',
    'list': '[100]',
    'true': 'true',
    'right to left': '\N{RIGHT-TO-LEFT OVERRIDE}100',
    'line break': '100\r\nX: y',
    'escape': '\x1b[2J100',
    'markup': MARKUP,
    'template': '{{ 100 }}',
}
