"""The codes of marked pieces: what a scanner reads, and what is none."""

import pytest
from gateway.mark import is_mark


@pytest.mark.parametrize(
    'code',
    [
        '010460586548716221n=YGyImHU:iMZ\x1d91EE06\x1d92X4MlW96GZ6fevDhgR2ahsJ5ImNkUeK22GFxJU2lcDJQ=',
        '010460586548716221n=YGyImHU:iMZ91EE0692X4MlW96GZ6fevDhgR2ahsJ5ImNkUeK22GFxJU2lcDJQ=',
        '0104600439931256215JgXJ5.T\x1d93dGVz',
        '0104600439931256211',
    ],
)
def test_what_a_scanner_reads_is_a_code(code):
    assert is_mark(code)


@pytest.mark.parametrize(
    'code',
    [
        '',
        'SN-1',
        '5JgXJ5.T',
        '010460043993125621',
        '0104600439931255215JgXJ5.T',  # Another check digit.
        '0100460043993126215JgXJ5.T',  # Two digits changed places.
        '0104600439931256225JgXJ5.T',
        '(01)04600439931256(21)5JgXJ5.T',
        '0104600439931256215ЛпЧО5.Т',  # A keyboard that is set to Russian.
        '0104600439931256215Jg XJ5',
        ' 0104600439931256215JgXJ5.T',
        '0104600439931256215JgXJ5.T\n',
        '01٠٤٦٠٠٤٣٩٩٣١٢٥٦215JgXJ5.T',
    ],
)
def test_what_was_typed_or_read_wrongly_is_none(code):
    assert not is_mark(code)
