"""Orders that are paid with what a shop has on file, with the payer there or without."""

from . import applications, codes
from .bank import Bank
from .bindings import WAY, Binding
from .cards import challenges, cvc_of
from .merchants import Merchant
from .orders import Instrument, Order, Status
from .refusals import Reason, Refusal


def pay_by_binding(
    bank: Bank,
    merchant: Merchant,
    order: Order,
    binding: Binding,
    *,
    cvc: str = '',
    payer_ip: str = '',
    payer_is_there: bool = True,
):
    """Charge a card on file: the order is paid, the attempt is declined, or a code is asked for.

    :raise Refusal: the binding is not for this order, or the order is not to be paid any more.
    """
    with bank.lock:
        if order.status is not Status.REGISTERED:
            raise Refusal(Reason.WRONG_STATE, f'status {order.status.value}')
        only = order.registration.binding_id
        is_theirs = order.registration.client_id == binding.client_id
        if not is_theirs or only not in ('', binding.binding_id):
            raise Refusal(Reason.OTHER_BINDING)
        instrument = Instrument(WAY, binding.card)
        if cvc and cvc != cvc_of(binding.card):
            answer = codes.WRONG_CVC
        elif payer_is_there and merchant.binding_cvc and not cvc:
            answer = codes.NO_CVC
        else:
            answer = binding.take_answer(bank.clock.now())
        order.binding_id = binding.binding_id
        if answer == codes.APPROVED and payer_is_there and _asks_code(order, binding):
            order.payer_ip = payer_ip
            bank.start_challenge(order, instrument)
        else:
            bank.conclude(order, instrument, answer, payer_ip)


def pay_by_subscription(bank: Bank, order: Order, subscription_id: str, member_id: str):
    """Charge an account that was bound by SBP. One that is not bound declines the attempt.

    :raise Refusal: the order is not to be paid that way.
    """
    with bank.lock:
        if order.status is not Status.REGISTERED:
            raise Refusal(Reason.WRONG_STATE, f'status {order.status.value}')
        if not order.registration.description:
            raise Refusal(Reason.BAD_PARAMETER, 'the order has no description')
        known = bank.subscriptions.get(subscription_id)
        theirs = known and known.is_active and known.login == order.login
        is_good = theirs and known.member_id == member_id
        answer = known.answer if is_good else codes.SUBSCRIPTION_NOT_FOUND
        instrument = Instrument(applications.SBP)
        if answer == codes.SBP_IN_PROCESSING:
            bank.start_processing(order, instrument)
        else:
            bank.conclude(order, instrument, answer)


def _asks_code(order: Order, binding: Binding) -> bool:
    """Whether the payer has to prove to the issuer who they are."""
    features = order.registration.features
    if 'AUTO_PAYMENT' in features or 'FORCE_SSL' in features:
        return False
    if binding.asks_code is not None:
        return binding.asks_code
    return challenges(binding.card) or bool({'FORCE_TDS', 'FORCE_FULL_TDS'} & features)
