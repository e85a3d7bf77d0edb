"""When the bank is left alone, and when it is asked again."""

import pytest
from gateway import Patience, Refused, TooManyRequests, Unavailable, UnexpectedAnswer


def failing(error):
    """Return a question that fails so, and the list of the times when it was put."""
    asked = []

    def question():
        asked.append(error)
        raise error

    return question, asked


def ask_often(patience, question, times=5, bank='shop-api'):
    for _i in range(times):
        with pytest.raises(Unavailable):
            patience.ask(bank, question)


def test_a_bank_that_asks_for_it_is_left_alone_at_once():
    question, asked = failing(TooManyRequests("429", retry_after=60))

    ask_often(Patience(), question)

    assert len(asked) == 1


def test_a_silent_bank_is_left_alone_after_some_failures_in_a_row():
    question, asked = failing(UnexpectedAnswer("HTML"))

    ask_often(Patience(), question)

    assert len(asked) == Patience.MAX_FAILURES_IN_A_ROW


def test_an_answer_between_makes_the_count_begin_anew():
    patience = Patience()
    question, asked = failing(UnexpectedAnswer("HTML"))

    for _i in range(3):
        ask_often(patience, question, times=2)
        assert patience.ask('shop-api', lambda: 'answer') == 'answer'

    assert len(asked) == 6


def test_a_refusal_is_an_answer():
    patience = Patience()
    question, asked = failing(Refused("No.", code='5', message=''))

    for _i in range(5):
        with pytest.raises(Refused):
            patience.ask('shop-api', question)

    assert len(asked) == 5


def test_other_banks_do_not_suffer():
    patience = Patience()
    question, _asked = failing(TooManyRequests("429"))
    ask_often(patience, question, times=1)

    assert patience.ask('other-api', lambda: 'answer') == 'answer'


def test_the_bank_was_not_reached_while_it_is_left_alone():
    patience = Patience()
    ask_often(patience, failing(TooManyRequests("429"))[0], times=1)

    with pytest.raises(Unavailable) as caught:
        patience.ask('shop-api', lambda: 'answer')

    assert not caught.value.may_have_reached
