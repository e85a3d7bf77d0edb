"""What the addon's views hold on to in Odoo's, each of which must be there exactly once.

An anchor that is gone stops the installation; of one that is there twice, Odoo takes the first
without a word.
"""

from unittest.mock import patch

from lxml import etree

from odoo.tests import TransactionCase, tagged

from odoo.addons.base.models.ir_ui_view import IrUiView

from .contract import FOLDER

PREFIX = 'payment_sberbank.'


def read_inheriting_views():
    """Yield the views of the addon's files that change others: their XML id and their anchors."""
    for path in sorted(FOLDER.rglob('*.xml')):
        tree = etree.parse(path)
        for record in tree.iterfind('.//record[@model="ir.ui.view"]'):
            if record.find('field[@name="inherit_id"]') is not None:
                yield record.get('id'), list(read_specs(record.find('field[@name="arch"]')))
        for template in tree.iterfind('.//template[@inherit_id]'):
            yield template.get('id'), list(read_specs(template))


def read_specs(arch):
    """Yield the elements of a view that name a place in another one."""
    for element in arch.iterchildren(etree.Element):
        if element.tag == 'data':
            yield from read_specs(element)
        else:
            yield element


def find_anchors(spec, arch):
    """Return every element that an inheriting element may mean; Odoo takes the first."""
    if spec.tag == 'xpath':
        return etree.ETXPath(spec.get('expr'))(arch)
    # Of a field, Odoo compares nothing but the name.
    names = ['name'] if spec.tag == 'field' else [key for key in spec.attrib if key != 'position']
    return [
        node for node in arch.iter(spec.tag) if all(node.get(key) == spec.get(key) for key in names)
    ]


@tagged('post_install', '-at_install')
class TestViewAnchors(TransactionCase):
    def test_every_anchor_is_there_exactly_once(self):
        count = 0
        for xmlid, specs in read_inheriting_views():
            arch = self.read_parent_arch(self.env.ref(f'{PREFIX}{xmlid}'))
            for spec in specs:
                count += 1
                description = etree.tostring(spec).decode().partition('>')[0]
                with self.subTest(view=xmlid, anchor=description):
                    self.assertEqual(len(find_anchors(spec, arch)), 1)

        self.assertGreater(count, 20)

    def test_every_inheriting_view_is_read(self):
        """Whatever way of writing a view the files use, the database knows what became of it."""
        data = self.env['ir.model.data'].search([
            ('module', '=', PREFIX.rstrip('.')),
            ('model', '=', 'ir.ui.view'),
        ])
        views = self.env['ir.ui.view'].browse(data.mapped('res_id'))
        inheriting = views.filtered('inherit_id')

        self.assertEqual(
            {xmlid for xmlid, _specs in read_inheriting_views()},
            {xmlid.removeprefix(PREFIX) for xmlid in inheriting.get_external_id().values()},
        )

    def read_parent_arch(self, view):
        """Return what a view changes, as it is without the addon, or what the addon made of it."""
        parents = self.env['ir.ui.view']
        while view := view.inherit_id:
            parents += view
        original = IrUiView._get_inheriting_views

        def without_ours(views):
            return original(views).filtered(
                lambda child: child in parents or not (child.xml_id or '').startswith(PREFIX)
            )

        with patch.object(IrUiView, '_get_inheriting_views', without_ours):
            return parents[0]._get_combined_arch()
