"""Bundling the script, and doing without."""

import json
from pathlib import Path

import pytest

from app.dashboard import assets
from app.dashboard.frontend import build


def test_no_registry_is_named_in_the_lock_file() -> None:
    lock = json.loads((build.HERE / "package-lock.json").read_text())
    assert [name for name, package in lock["packages"].items() if "resolved" in package] == []
    assert all("integrity" in package for name, package in lock["packages"].items() if name)


def test_an_unreachable_npm_is_told_and_stops_nothing(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(build, "BUILT", tmp_path / "built")
    monkeypatch.setattr(build, "find_esbuild", lambda: None)
    monkeypatch.setattr(build, "npm", lambda: ["false"])
    monkeypatch.setattr("sys.argv", ["build"])
    assert build.main() == 0
    assert "Pages work without it" in capsys.readouterr().err
    monkeypatch.setattr("sys.argv", ["build", "--strict"])
    assert build.main() == 1


def test_nothing_is_built_twice(scripts: None) -> None:
    assert build.build() == "unchanged"


def test_pages_name_no_script_that_was_not_built(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(assets, "BUILT", tmp_path)
    for cached in (assets.assets, assets.manifest, assets.address_of):
        cached.cache_clear()
    try:
        assert assets.address_of("base.js") == ""
        assert assets.address_of("style.css").startswith("/static/style-")
    finally:
        for cached in (assets.assets, assets.manifest, assets.address_of):
            cached.cache_clear()
