"""The calls about cards on file: which there are, a charge of one, and its end."""

from abc import abstractmethod
from collections.abc import Mapping

from .bindings import Binding, read_bindings
from .calls import Call, CardOnFile, check_binding_id, check_order_id
from .dialects import Dialect
from .errors import Refused

__all__ = ['BindingCalls']

# `ip` is obligatory, and is the payer's. Of a charge without the payer there is none.
_NOBODYS_IP = '127.0.0.1'

_LANGUAGE = 'ru'


class BindingCalls:
    """The part of a `GatewayClient` that is about cards on file.

    :ivar Dialect dialect: Of the gateway.
    """

    dialect: Dialect

    @abstractmethod
    def _call(self, call: Call, fields: Mapping[str, object]) -> dict[str, object]:
        """Carry a call out and return its successful answer."""

    def get_bindings(self, client_id: str) -> tuple[Binding, ...]:
        """Ask which cards of a payer are on file and in use (Sberbank getBindings.do).

        :param client_id: Our name for the payer.
        :raise Refused: Also if the contract has no cards on file.
        """
        CardOnFile(client_id)  # Checks it.
        try:
            answer = self._call(Call.GET_BINDINGS, {'clientId': client_id})
        except Refused as refusal:
            if self.dialect.means_no_bindings(refusal):
                return ()
            raise
        return read_bindings(answer)

    def charge_binding(self, order_id: str, binding_id: str) -> None:
        """Pay a registered order by a card on file, without the payer (paymentOrderBinding.do).

        The order must have been registered so (`CardOnFile.without_payer`). It is paid once,
        however often this is called. Whether it is paid is not told by the answer but by the
        order: some gateways take a charge that the card's bank has declined for a success.

        :raise Refused: Also if the card's bank declined.
        """
        check_order_id(order_id)
        check_binding_id(binding_id)
        fields = {
            'mdOrder': order_id,
            'bindingId': binding_id,
            'ip': _NOBODYS_IP,
            'language': _LANGUAGE,
        }
        self._call(Call.PAYMENT_ORDER_BINDING, fields)

    def unbind_card(self, binding_id: str) -> None:
        """Take a card off the bank's file (Sberbank unbindCard.do, the older unBindCard.do).

        :raise Refused: Also if it is on file no more.
        """
        check_binding_id(binding_id)
        self._call(Call.UNBIND_CARD, {'bindingId': binding_id})
