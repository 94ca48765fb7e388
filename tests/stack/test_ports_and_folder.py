import os
import socket
from pathlib import Path

import pytest

from ningmai.stack import folder
from ningmai.stack.errors import StackError
from ningmai.stack.folder import FolderLock, check_room
from ningmai.stack.ports import answers, check_free, free_ports

HOST = "127.0.0.1"


def test_a_taken_port_is_named_with_its_setting_and_its_holder() -> None:
    with socket.create_server((HOST, 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(StackError) as refused:
            check_free(HOST, {"registry_port": free_ports(HOST, 1)[0], "kafka_port": port})
    assert f"Port {port} on {HOST}, wanted for kafka_port, is taken" in refused.value.message
    assert f"(pid {os.getpid()})" in refused.value.message
    assert "NINGMAI_KAFKA_PORT" in refused.value.hint


def test_a_host_that_is_not_here_is_not_called_taken() -> None:
    with pytest.raises(StackError, match="cannot be had"):
        check_free("192.0.2.1", {"kafka_port": 22099})


def test_free_ports_differ_and_are_free() -> None:
    ports = free_ports(HOST, 7)
    assert len(set(ports)) == 7
    check_free(HOST, {str(port): port for port in ports})
    assert not any(answers(HOST, port) for port in ports)


def test_a_lock_that_is_released_can_be_had_again(tmp_path: Path) -> None:
    FolderLock(tmp_path).release()
    lock = FolderLock(tmp_path)
    with pytest.raises(StackError, match=f"pid {os.getpid()}"):
        FolderLock(tmp_path)
    lock.release()


def test_a_folder_that_cannot_be_written_is_said_so(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StackError, match="Cannot write"):
        FolderLock(tmp_path / "file")


def test_a_disk_nearly_full_is_refused_with_what_is_needed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    check_room(tmp_path)
    monkeypatch.setattr(folder, "NEEDED_BYTES", 2**60)
    with pytest.raises(StackError, match="GiB free; the stack needs") as refused:
        check_room(tmp_path)
    assert "--data-dir" in refused.value.hint
