"""What is kept between runs is whole or not there."""

import subprocess

import pytest

from dev.env.folders import digest_of_files, fresh_folder


def test_a_folder_appears_when_its_work_is_done(tmp_path):
    target = tmp_path / 'kept'

    with fresh_folder(target) as folder:
        (folder / 'file').write_text('content')
        assert not target.exists()

    assert (target / 'file').read_text() == 'content'


def test_nothing_is_left_of_work_that_failed(tmp_path):
    target = tmp_path / 'kept'

    with pytest.raises(RuntimeError), fresh_folder(target) as folder:
        (folder / 'file').write_text('half of the con')
        raise RuntimeError

    assert list(tmp_path.iterdir()) == []


def test_what_a_killed_run_left_is_removed(tmp_path):
    (tmp_path / '.kept-abandoned').mkdir()
    (tmp_path / '.other-abandoned').mkdir()

    with fresh_folder(tmp_path / 'kept'):
        pass

    assert {path.name for path in tmp_path.iterdir()} == {'kept', '.other-abandoned'}


@pytest.fixture
def sources(tmp_path):
    subprocess.run(['git', 'init', '--quiet', tmp_path], check=True)
    (tmp_path / '.gitignore').write_text('*.pyc\n')
    (tmp_path / 'module.py').write_text('one = 1\n')
    return tmp_path


@pytest.mark.parametrize(
    'change',
    [
        lambda folder: (folder / 'module.py').write_text('one = 2\n'),
        lambda folder: (folder / 'module.py').rename(folder / 'renamed.py'),
        lambda folder: (folder / 'new.py').touch(),
        lambda folder: (folder / 'module.py').unlink(),
    ],
    ids=['content', 'name', 'new file', 'removed file'],
)
def test_a_change_of_the_sources_changes_their_digest(sources, change):
    before = digest_of_files(sources)

    change(sources)

    assert digest_of_files(sources) != before


def test_what_git_ignores_does_not_change_the_digest(sources):
    before = digest_of_files(sources)

    (sources / 'module.pyc').write_bytes(b'compiled')

    assert digest_of_files(sources) == before
