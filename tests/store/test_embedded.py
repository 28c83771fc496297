"""The bundled server: one per data folder whoever races for it, and nothing lost whoever is killed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from redis import Redis

from bot.store import embedded
from bot.store.embedded import NoServer, launch

OPEN = """
import sys
from pathlib import Path
from bot.store.embedded import launch
launched = launch(Path(sys.argv[1]))
print(launched.path, flush=True)
sys.stdin.readline()
launched.close()
"""


def opener(folder: Path) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", OPEN, str(folder)]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def said_path(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


def end(process: subprocess.Popen[str]) -> None:
    process.communicate("\n", timeout=30)
    assert process.returncode == 0


def client(path: str) -> Redis:
    return Redis(unix_socket_path=path, decode_responses=True)


def server_pid(path: str) -> int:
    with client(path) as redis:
        return int(redis.info("server")["process_id"])


def gone(path: str) -> bool:
    return embedded._ask(path, b"PING") == b""


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    data = tmp_path / "my data"
    yield data
    launch(data).close()  # whatever a test left running


def test_eight_processes_race_and_share_one_server(folder: Path) -> None:
    openers = [opener(folder) for _ in range(8)]
    paths = {said_path(process) for process in openers}
    assert len(paths) == 1
    path = paths.pop()
    for number, process in enumerate(openers):
        with client(path) as redis:
            redis.rpush("who", number)
        end(process)
        assert gone(path) == (number == 7), "the last one out stops it"
    again = launch(folder)
    with client(again.path) as redis:
        assert redis.lrange("who", 0, -1) == [str(number) for number in range(8)]
    again.close()


def test_openers_that_race_with_the_last_one_out_find_a_server(folder: Path) -> None:
    for _ in range(3):
        first = launch(folder)
        openers = [opener(folder) for _ in range(3)]
        first.close()
        paths = [said_path(process) for process in openers]
        assert len({server_pid(path) for path in paths}) == 1
        for process in openers:
            end(process)
        assert gone(paths[0])


def test_a_killed_user_leaves_the_server_to_the_next(folder: Path) -> None:
    process = opener(folder)
    path = said_path(process)
    pid = server_pid(path)
    with client(path) as redis:
        redis.set("kept", "yes")
    process.kill()
    process.communicate()
    assert not gone(path)
    with_it = launch(folder)
    assert server_pid(with_it.path) == pid
    with client(path) as redis:
        assert redis.get("kept") == "yes"
    with_it.close()
    assert gone(path)


def test_a_killed_server_comes_back_with_everything_it_acknowledged(folder: Path) -> None:
    first = launch(folder)
    with client(first.path) as redis:
        for number in range(500):
            redis.rpush("list", f"{number}" * 100)
    os.kill(server_pid(first.path), signal.SIGKILL)
    second = launch(folder)
    with client(second.path) as redis:
        assert redis.llen("list") == 500
    first.close()
    assert not gone(second.path), "the second user still uses it"
    second.close()
    assert gone(second.path)


@pytest.mark.parametrize("delay_ms", [0, 20, 35, 60, 90])
def test_a_user_killed_while_starting_the_server_is_no_trouble(folder: Path, delay_ms: int) -> None:
    process = opener(folder)
    time.sleep(delay_ms / 1000)  # the moment is what this test varies, not what it waits for
    process.kill()
    process.communicate()
    launched = launch(folder)
    with client(launched.path) as redis:
        assert redis.ping()
    launched.close()
    assert gone(launched.path)


def test_two_folders_have_two_servers(tmp_path: Path) -> None:
    one, two = launch(tmp_path / "one"), launch(tmp_path / "two")
    with client(one.path) as redis:
        redis.set("where", "one")
    with client(two.path) as redis:
        assert redis.get("where") is None
    one.close()
    assert not gone(two.path)
    two.close()
    two.close()


def test_ctrl_c_in_the_terminal_does_not_reach_the_server(folder: Path) -> None:
    launched = launch(folder)
    assert os.getsid(server_pid(launched.path)) != os.getsid(0)
    launched.close()


def test_a_folder_too_deep_for_a_socket(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    runtime = tmp_path / "r"
    runtime.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(runtime))
    deep = tmp_path / ("deep" * 20) / ("deeper" * 20)
    launched = launch(deep)
    assert len(launched.path) <= 100
    assert Path(launched.path).parent.stat().st_mode & 0o777 == 0o700
    other = launch(tmp_path / ("deep" * 20) / ("other" * 20))
    assert other.path != launched.path
    other.close()
    launched.close()

    Path(launched.path).parent.chmod(0o755)
    with pytest.raises(NoServer, match="only you can open"):
        launch(deep)


def test_a_server_whose_socket_was_removed_is_named(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    launched = launch(folder)
    pid = server_pid(launched.path)
    os.unlink(launched.path)
    monkeypatch.setattr(embedded, "_LOST_S", 0.05)
    with pytest.raises(NoServer, match=r"its socket .* is gone"):
        launch(folder)
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
    launched.close()


def test_a_server_that_is_just_ending_is_followed_by_a_new_one(folder: Path) -> None:
    first = launch(folder)
    pid = server_pid(first.path)
    with client(first.path) as redis:
        redis.set("kept", "yes")
    os.kill(pid, signal.SIGSTOP)  # holds its life lock and answers nobody, like one that is busy ending
    waiting = opener(folder)
    os.kill(pid, signal.SIGKILL)
    path = said_path(waiting)
    with client(path) as redis:
        assert redis.get("kept") == "yes"
    end(waiting)
    first.close()
    assert gone(path)


def test_a_server_that_will_not_start_points_to_its_log(folder: Path) -> None:
    folder.mkdir()
    (folder / "appendonlydir").write_text("not a folder")
    with pytest.raises(NoServer, match=r"server\.log"):
        launch(folder)
    (folder / "appendonlydir").unlink()


def test_no_server_at_all_says_what_to_do(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    monkeypatch.setattr("shutil.which", lambda name: None)
    with pytest.raises(NoServer, match="HOTSEAT_REDIS_URL"):
        embedded.find_server()
    monkeypatch.setattr("shutil.which", lambda name: "/usr/bin/redis-server" if name == "redis-server" else None)
    assert embedded.find_server() == "/usr/bin/redis-server"


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(NoServer, match="cannot be kept in"):
        launch(tmp_path / "file" / "data")


def test_launching_imports_only_the_standard_library() -> None:
    code = (
        "import sys; before = set(sys.modules); import bot.store.embedded\n"
        "names = {name.partition('.')[0] for name in set(sys.modules) - before}\n"
        "print(sorted(names - set(sys.stdlib_module_names) - {'bot'}))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_only_its_owner_may_read_the_data(folder: Path) -> None:
    launched = launch(folder)
    assert folder.stat().st_mode & 0o777 == 0o700
    assert os.stat(launched.path).st_mode & 0o777 == 0o700
    launched.close()
