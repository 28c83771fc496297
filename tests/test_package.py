"""What is shipped: a wheel that works far from a clone, a lock that is complete, a README whose commands are CI's."""

from __future__ import annotations

import re
import subprocess
import sys
import venv
from pathlib import Path

import pytest
from pydantic import AliasChoices
from pydantic.fields import FieldInfo

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", "-w", str(folder), str(ROOT)]
    subprocess.run(command, check=True, capture_output=True, text=True, timeout=300)
    return next(folder.glob("hotseat-*.whl"))


def test_an_installed_wheel_holds_interviews_without_the_clone(wheel: Path, tmp_path: Path) -> None:
    # The dependencies are this environment's own; only Hotseat itself is in the new one.
    venv.create(tmp_path / "venv", with_pip=False)
    python = tmp_path / "venv" / "bin" / "python"
    packages = tmp_path / "venv" / "lib" / f"python{sys.version_info.major}.{sys.version_info.minor}" / "site-packages"
    here = next(path for path in map(Path, sys.path) if path.name == "site-packages")
    subprocess.run(
        [sys.executable, "-m", "pip", "install", "-q", "--no-deps", "--target", str(packages), str(wheel)], check=True
    )
    (packages / "dependencies.pth").write_text(f"{here}\n")
    script = tmp_path / "script.txt"
    script.write_text("I'd compare when each page was indexed with when it was edited.")
    ran = subprocess.run(
        [str(python), "-m", "bot", "practice", "--question", "stale-ai-search", "--script", str(script)],
        cwd=tmp_path,
        env={"HOME": str(tmp_path), "PATH": "/usr/bin:/bin", "HOTSEAT_DATA_DIR": str(tmp_path / "data")},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    assert "covered: Compares when a page was indexed with when it was edited" in ran.stdout
    found = subprocess.run(
        [str(python), "-c", "import bot; print(bot.__file__)"], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert found.stdout.startswith(str(packages)), "it is the wheel's copy that ran"


def test_the_readme_tells_the_commands_that_ci_runs() -> None:
    readme = (ROOT / "README.md").read_text("utf-8")
    commands = re.findall(r"^python3 -m venv .*$", readme, flags=re.MULTILINE)
    assert len(commands) == 2
    practice, tests = commands
    assert practice.endswith(".venv/bin/hotseat practice")
    assert tests in (ROOT / ".ci" / "run").read_text("utf-8")
    assert tests in (ROOT / "CONTRIBUTING.md").read_text("utf-8")


def test_every_file_the_documents_point_to_is_there() -> None:
    missing = []
    for document in [*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")]:
        text = document.read_text("utf-8")
        targets = [*re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", text), *re.findall(r'src="([^"]+)"', text)]
        missing += [f"{document.name}: {name}" for name in targets if not (document.parent / name).exists()]
    assert not missing


def test_every_setting_is_documented() -> None:
    from bot.settings import Settings

    text = (ROOT / "docs" / "settings.md").read_text("utf-8")
    names = {_name(name, field) for name, field in Settings.model_fields.items()}
    assert not [name for name in sorted(names) if f"`{name}`" not in text]


def _name(name: str, field: FieldInfo) -> str:
    alias = field.validation_alias
    return str(alias.choices[0]) if isinstance(alias, AliasChoices) else f"HOTSEAT_{name.upper()}"
