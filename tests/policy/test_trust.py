from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from jupyter_connectors.policy.trust import Facts, Person, can_change, facts_of, first_changeable, this_person

ANN = Person(uid=1000, groups=frozenset({1000, 50}))
ROOT = Person(uid=0, groups=frozenset({0}))

FILE, FOLDER, LINK = stat.S_IFREG, stat.S_IFDIR, stat.S_IFLNK


def facts(mode: int, *, owner: int = 0, group: int = 0, writable: bool = False, read_only: bool = False) -> Facts:
    return Facts(owner=owner, group=group, mode=mode, writable=writable, read_only=read_only)


@pytest.mark.parametrize(
    ("told", "by_ann", "by_others_than_root"),
    [
        (facts(FILE | 0o644), False, False),
        (facts(FOLDER | 0o755), False, False),
        (facts(FILE | 0o644, owner=1000), True, True),
        (facts(FILE | 0o444, owner=1000), True, True),
        (facts(FILE | 0o644, owner=7), False, True),
        (facts(FILE | 0o664, group=50), True, True),
        (facts(FILE | 0o664, group=7), False, True),
        (facts(FILE | 0o646), True, True),
        (facts(FOLDER | 0o777), True, True),
        (facts(FOLDER | 0o1777), False, False),
        (facts(FOLDER | 0o1777, owner=1000), True, True),
        (facts(FILE | 0o644, writable=True), True, False),
        (facts(LINK | 0o777), False, False),
        (facts(LINK | 0o777, owner=1000), True, True),
        (facts(FOLDER | 0o777, read_only=True), False, False),
        (facts(FILE | 0o644, owner=1000, read_only=True), False, False),
    ],
)
def test_who_can_change_a_file_is_told_by_owner_mode_and_file_system(
    told: Facts, by_ann: bool, by_others_than_root: bool
) -> None:
    assert can_change(ANN, told) is by_ann
    assert can_change(ROOT, told) is by_others_than_root


@pytest.fixture
def owned(tmp_path: Path) -> Path:
    """A folder of root's, and as root only: who is not cannot give anything away."""
    if os.geteuid() != 0:
        pytest.skip("only root can make files that belong to others")
    for folder in (tmp_path, *tmp_path.parents):
        if can_change(ROOT, facts_of(folder)):
            pytest.skip(f"{folder} can be changed by others than root")
    (tmp_path / "etc").mkdir(mode=0o755)
    (tmp_path / "etc" / "policy").write_text("")
    (tmp_path / "etc" / "policy").chmod(0o644)
    return tmp_path


def test_what_root_alone_can_change_is_trusted_on_the_whole_way(owned: Path) -> None:
    assert first_changeable(owned / "etc" / "policy", ROOT) is None


def test_a_folder_on_the_way_that_another_can_change_is_found(owned: Path) -> None:
    os.chown(owned / "etc", 1000, 0)
    assert first_changeable(owned / "etc" / "policy", ROOT) == owned / "etc"


def test_a_link_is_followed_only_where_neither_it_nor_its_target_can_be_changed(owned: Path) -> None:
    link, target = owned / "link", owned / "etc" / "policy"
    link.symlink_to("etc/../etc/policy")
    assert first_changeable(link, ROOT) is None
    os.chown(target, 1000, 0)
    assert first_changeable(link, ROOT) == target
    os.chown(target, 0, 0)
    os.chown(link, 1000, 0, follow_symlinks=False)
    assert first_changeable(link, ROOT) == link


def test_a_folder_that_is_a_link_is_followed_too(owned: Path) -> None:
    (owned / "way").symlink_to(owned / "etc")
    assert first_changeable(owned / "way" / "policy", ROOT) is None
    (owned / "etc").chmod(0o775)
    assert first_changeable(owned / "way" / "policy", ROOT) == owned / "etc"


def test_links_in_a_circle_are_an_error(owned: Path) -> None:
    (owned / "a").symlink_to("b")
    (owned / "b").symlink_to("a")
    with pytest.raises(OSError):
        first_changeable(owned / "a", ROOT)


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root is asked about others, not itself")
def test_a_file_of_ones_own_can_be_changed(tmp_path: Path) -> None:
    person = this_person()
    assert person is not None
    assert first_changeable(tmp_path, person) is not None
