from odoo import http
from odoo.http import Response


class BenchFloor(http.Controller):
    @http.route('/bench/floor', type='http', auth='public', csrf=False, save_session=False)
    def bench_floor(self, **_kwargs):
        """Do nothing: what any route of Odoo costs."""
        return Response(status=200)
