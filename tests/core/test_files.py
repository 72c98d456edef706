"""A folder as bytes: within limits, with nothing from outside."""

from __future__ import annotations

import pytest

from app.core import files
from app.core.files import FolderTooLarge, read_folder


def test_every_file_by_its_path(tmp_path):
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / "two.png").write_bytes(b"2")
    (tmp_path / "one.md").write_bytes(b"1")

    assert read_folder(tmp_path) == {"b/two.png": b"2", "one.md": b"1"}


def test_hidden_files_and_links_that_lead_out_are_left_out(tmp_path):
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "secret.md").write_bytes(b"secret")
    folder = tmp_path / "course"
    (folder / ".git").mkdir(parents=True)
    (folder / ".git" / "config").write_bytes(b"")
    (folder / "course.md").write_bytes(b"here")
    (folder / "file.md").symlink_to(outside / "secret.md")
    (folder / "folder").symlink_to(outside)
    (folder / "inside.md").symlink_to(folder / "course.md")
    (folder / "gone.md").symlink_to(folder / "nowhere.md")

    assert read_folder(folder) == {"course.md": b"here", "inside.md": b"here"}


def test_a_file_over_its_limit_is_cut_a_byte_past_it(tmp_path, monkeypatch):
    monkeypatch.setattr(files, "MAX_TEXT", 10)
    monkeypatch.setattr(files, "MAX_MEDIA", 20)
    (tmp_path / "a.md").write_bytes(b"x" * 100)
    (tmp_path / "a.png").write_bytes(b"x" * 100)

    assert {name: len(data) for name, data in read_folder(tmp_path).items()} == {
        "a.md": 11,
        "a.png": 21,
    }


def test_too_many_files_or_too_much_in_all(tmp_path, monkeypatch):
    for number in range(3):
        (tmp_path / f"{number}.md").write_bytes(b"xx")

    monkeypatch.setattr(files, "MAX_FILES", 2)
    with pytest.raises(FolderTooLarge) as refused:
        read_folder(tmp_path)
    assert refused.value.path == "2.md"

    monkeypatch.setattr(files, "MAX_FILES", 3)
    monkeypatch.setattr(files, "MAX_TOTAL", 5)
    with pytest.raises(FolderTooLarge):
        read_folder(tmp_path)


def test_no_folder(tmp_path):
    with pytest.raises(NotADirectoryError):
        read_folder(tmp_path / "nowhere")
