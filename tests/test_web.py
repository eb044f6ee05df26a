"""`scripts/web.py`: when the page is built anew, and what is said when it cannot be."""

import importlib.util
import subprocess
from pathlib import Path
from types import ModuleType

import pytest

SCRIPT = Path(__file__).resolve().parent.parent / "scripts" / "web.py"


@pytest.fixture
def web(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The script as a module, at work on a small front end, with a shell for Node."""
    spec = importlib.util.spec_from_file_location("tau_web", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    folder, page = tmp_path / "web", tmp_path / "server" / "web"
    modules = folder / "node_modules"
    for one in (modules, folder / "src", page.parent):
        one.mkdir(parents=True)
    for name in module.SOURCES:
        (folder / name).write_text(name)
    (folder / "src" / "main.tsx").write_text("1")
    places = {"ROOT": tmp_path, "WEB": folder, "MODULES": modules, "PAGE": page}
    places |= {"INSTALLED": modules / ".tau-installed", "BUILT": page / ".fingerprint"}
    for name, value in places.items():
        monkeypatch.setattr(module, name, value)
    return module


class Node:
    """Stands in for Node: remembers what it was asked to do, and builds a page."""

    def __init__(self, web: ModuleType, returncode: int = 0, told: str = "") -> None:
        self.asked: list[str] = []
        self._web = web
        self._returncode = returncode
        self._told = told

    def __call__(self, command: list[str], **_: object) -> subprocess.CompletedProcess[str]:
        words = [Path(word).name for word in command]
        self.asked.append(" ".join(words))
        if words[1] == "build" and not self._returncode:
            new = Path(command[command.index("--outDir") + 1])
            new.mkdir()
            (new / "index.html").write_text("page")
        return subprocess.CompletedProcess(command, self._returncode, self._told)


@pytest.fixture
def node(web: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Node:
    stand_in = Node(web)
    monkeypatch.setattr(web, "run", stand_in)
    monkeypatch.setattr(web, "package_of_node", lambda: tmp_path)
    return stand_in


INSTALL = "npm-cli.js ci --no-progress"
INSTALL_DEV = f"{INSTALL} --include=dev"
BUILD = "vite.js build --outDir web.new --emptyOutDir"


def test_it_is_built_once(web: ModuleType, node: Node) -> None:
    web.build()
    web.build()
    assert node.asked == [f"{INSTALL} --omit=dev", BUILD]
    assert (web.PAGE / "index.html").read_text() == "page"


def test_packages_of_another_checkout_are_left_alone(
    web: ModuleType, node: Node, tmp_path: Path
) -> None:
    other = tmp_path / "other"
    other.mkdir()
    (other / "vite").write_text("1")
    web.MODULES.rmdir()
    web.MODULES.symlink_to(other)

    def installed(command: list[str], **more: object) -> subprocess.CompletedProcess[str]:
        web.MODULES.mkdir(exist_ok=True)
        return node(command, **more)

    web.run = installed
    web.build()
    assert not web.MODULES.is_symlink()
    assert (other / "vite").exists()


def test_a_changed_source_is_built_anew_without_installing(web: ModuleType, node: Node) -> None:
    web.build()
    (web.WEB / "src" / "main.tsx").write_text("2")
    web.build()
    (web.WEB / "src" / "main.test.ts").write_text("a test is no part of the page")
    web.build()
    assert node.asked[2:] == [BUILD]


def test_a_changed_lock_is_installed_first(web: ModuleType, node: Node) -> None:
    web.build()
    (web.WEB / "package-lock.json").write_text("other packages")
    web.build()
    assert node.asked[2:] == [f"{INSTALL} --omit=dev", BUILD]


def test_development_brings_the_packages_of_the_tests_once(web: ModuleType, node: Node) -> None:
    web.build()
    web.build("dev")
    web.build("dev")
    web.build()
    assert node.asked[2:] == [INSTALL_DEV]


def test_what_development_needs_stays(web: ModuleType, node: Node) -> None:
    web.build("dev")
    (web.WEB / "package-lock.json").write_text("other packages")
    web.build()
    assert node.asked == [INSTALL_DEV, BUILD, INSTALL_DEV, BUILD]


def test_a_page_that_is_current_needs_no_packages(web: ModuleType, node: Node) -> None:
    web.build()
    web.INSTALLED.unlink()
    web.build()
    assert len(node.asked) == 2


def test_packages_of_another_machine_are_installed_anew(
    web: ModuleType, node: Node, monkeypatch: pytest.MonkeyPatch
) -> None:
    web.build()
    monkeypatch.setattr(web.platform, "machine", lambda: "another")
    (web.WEB / "src" / "main.tsx").write_text("2")
    web.build()
    assert node.asked[2:] == [f"{INSTALL} --omit=dev", BUILD]


def test_a_page_that_was_lost_is_built_anew(web: ModuleType, node: Node) -> None:
    web.build()
    (web.PAGE / "index.html").unlink()
    web.build()
    assert node.asked[2:] == [BUILD]


def test_a_failed_build_says_why_and_leaves_the_page_that_was_there(
    web: ModuleType, node: Node, monkeypatch: pytest.MonkeyPatch
) -> None:
    web.build()
    (web.WEB / "src" / "main.tsx").write_text("wrong")
    told = "\n".join(f"line {number}" for number in range(100))
    monkeypatch.setattr(web, "run", Node(web, returncode=1, told=told))
    with pytest.raises(web.Failed) as failed:
        web.build()
    lines = str(failed.value).splitlines()
    assert lines[0] == "The page could not be built; Vite said:"
    assert lines[-1] == "  line 99"
    assert len(lines) == web.LINES_SHOWN + 1
    assert (web.PAGE / "index.html").read_text() == "page"


def test_a_failed_installation_is_tried_again(
    web: ModuleType, node: Node, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(web, "run", Node(web, returncode=1, told="no network"))
    with pytest.raises(web.Failed, match="no network"):
        web.build()
    monkeypatch.setattr(web, "run", node)
    web.build()
    assert node.asked[0].startswith(INSTALL)


def test_without_node_one_sentence_says_what_to_type(
    web: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(web.importlib.util, "find_spec", lambda _: None)
    with pytest.raises(web.Failed, match="type `make setup`") as failed:
        web.build()
    assert "\n" not in str(failed.value)
