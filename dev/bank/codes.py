"""The action codes that this bank gives, with the words that go with them.

Source: the table of ``actionCode`` in the bank's OpenAPI 1.0.7.
"""

from typing import Final

APPROVED: Final = 0
NO_ATTEMPT_YET: Final = -100
SBP_IN_PROCESSING: Final = -99
AUTHENTICATION_FAILED: Final = -2006
ORDER_EXPIRED: Final = -2007
ATTEMPTS_EXHAUSTED: Final = -2013
BINDING_INACTIVE: Final = -3100
BINDING_FORBIDDEN: Final = -3101
SUBSCRIPTION_NOT_FOUND: Final = -5031
NO_CVC: Final = 2004
WRONG_CVC: Final = 82
CARD_EXPIRED: Final = 101
WRONG_CARD_NUMBER: Final = 111
INSUFFICIENT_FUNDS: Final = 116
WRONG_CARD_PARAMETERS: Final = 1015

_RU_OTHER = 'Операция отклонена. Обратитесь в банк, выпустивший карту'
_EN_OTHER = 'Operation declined. Please contact the bank that issued the card'

_DESCRIPTIONS: Final = {
    APPROVED: ('', ''),
    NO_ATTEMPT_YET: ('Не было попыток оплаты', 'No payment attempts'),
    SBP_IN_PROCESSING: ('Операция в обработке', 'The operation is in processing'),
    AUTHENTICATION_FAILED: (
        'Операция отклонена. Аутентификация не пройдена',
        'Operation declined. Authentication failed',
    ),
    ORDER_EXPIRED: ('Истёк срок оплаты заказа', 'The time to pay the order is over'),
    ATTEMPTS_EXHAUSTED: ('Исчерпаны попытки оплаты', 'Payment attempts are exhausted'),
    BINDING_INACTIVE: ('Связка деактивирована', 'The binding is not active'),
    BINDING_FORBIDDEN: (
        'Плательщик запретил операции по связке',
        'The payer has forbidden payments by the binding',
    ),
    SUBSCRIPTION_NOT_FOUND: ('Подписка СБП не найдена', 'The SBP subscription is not found'),
    NO_CVC: ('Оплата без кода CVC запрещена', 'Payments without CVC are forbidden'),
    WRONG_CVC: ('Неверный код CVC', 'Wrong CVC'),
    CARD_EXPIRED: ('Срок действия карты истёк', 'The card has expired'),
    WRONG_CARD_NUMBER: ('Неверный номер карты', 'Wrong card number'),
    INSUFFICIENT_FUNDS: ('Недостаточно средств', 'Insufficient funds'),
    WRONG_CARD_PARAMETERS: ('Неверные данные карты', 'Wrong card parameters'),
}


def describe(action_code: int, language: str) -> str:
    """``actionCodeDescription``: a sentence for the payer in Russian, or in English if asked."""
    russian, english = _DESCRIPTIONS.get(action_code, (_RU_OTHER, _EN_OTHER))
    return english if language == 'en' else russian
