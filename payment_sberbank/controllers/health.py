from odoo import http
from odoo.http import Response, request

from .. import const
from .rate_limit import RateLimit

# Tools ask once a minute or so. Whoever guesses gets no further.
QUESTIONS_LIMIT = RateLimit(events=30, seconds=60)

BEARER = 'Bearer '


class SberbankHealth(http.Controller):
    """How the payments are, for monitoring tools."""

    @http.route(
        const.HEALTH_ROUTE,
        type='http',
        auth='public',
        methods=['GET'],
        csrf=False,
        save_session=False,
        readonly=True,
    )
    def sberbank_health(self, **_kwargs):
        """Tell how the provider is whose token comes in the header `Authorization`.

        A token in the address would be in every log on the way.

        :return: JSON, see `_sberbank_get_health`; 404 without a right token, 429 at too many tries.
        :rtype: odoo.http.Response
        """
        httprequest = request.httprequest
        if not QUESTIONS_LIMIT.allows((request.db, httprequest.remote_addr)):
            return Response(status=429)
        header = httprequest.headers.get('Authorization', '')
        providers_sudo = request.env['payment.provider'].sudo()
        token = header.removeprefix(BEARER).strip() if header.startswith(BEARER) else ''
        provider_sudo = providers_sudo._sberbank_find_by_health_token(token)
        if not provider_sudo:
            return Response(status=404)
        return request.make_json_response(
            provider_sudo._sberbank_get_health(), headers={'Cache-Control': 'no-store'}
        )
