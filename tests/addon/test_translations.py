"""Every text that a person may read is there in Russian."""

import io
import re
from pathlib import Path

import polib

from odoo.tests import TransactionCase, tagged
from odoo.tools.translate import trans_export

from odoo.addons import payment_sberbank

RUSSIAN = Path(payment_sberbank.__path__[0]) / 'i18n' / 'ru.po'

#: What a translation must hold as its source does: placeholders and expressions.
KEPT = re.compile(r'%\(\w+\)[sg]|\{\{.*?\}\}|t-out="[^"]*"|t-if="[^"]*"|<code>[^<]*</code>')

#: What is the same in both languages.
INTERNATIONAL = re.compile(
    r'ID|No\.|SberPay|JSON \(epay\)|-+BEGIN CERTIFICATE-+|https?://\S+|pay\.example\.com|RRN'
    r'|Qweb|[\d,. %]+'
)


@tagged('post_install', '-at_install')
class TestRussian(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        exported = io.BytesIO()
        trans_export(None, ['payment_sberbank'], exported, 'po', cls.env)
        cls.sources = {entry.msgid for entry in polib.pofile(exported.getvalue().decode())}
        cls.russian = {entry.msgid: entry.msgstr for entry in polib.pofile(str(RUSSIAN))}

    def test_every_text_is_translated(self):
        untranslated = {source for source in self.sources if not self.russian.get(source)}
        self.assertFalse(untranslated)

    def test_no_translation_outlives_its_text(self):
        self.assertFalse(set(self.russian) - self.sources)

    def test_placeholders_are_kept(self):
        for source, translation in self.russian.items():
            with self.subTest(source=source):
                self.assertCountEqual(
                    self._without_quoted_words(source), self._without_quoted_words(translation)
                )

    def test_translations_are_russian(self):
        for source, translation in self.russian.items():
            if INTERNATIONAL.fullmatch(source) or '@example.com' in source:
                continue
            with self.subTest(source=source):
                self.assertRegex(translation, '[А-Яа-я]')

    @staticmethod
    def _without_quoted_words(text):
        """Return the placeholders; the words that an expression holds are translated, too."""
        return [re.sub(r"'[^']*'", "''", kept) for kept in KEPT.findall(text)]
