"""A real S3 server (SeaweedFS by pip) on loopback, with one bucket, `kho`."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import obstore
from obstore.exceptions import BaseError
from obstore.store import S3Store

KEYS = ("haidang-test", "a-secret-of-the-tests")


@contextmanager
def s3_server(folder: Path) -> Iterator[str]:
    """The address of a server that keeps what it has in the folder; ended at the end."""
    config = folder / "s3.json"
    config.write_text(json.dumps({"identities": [{"name": "tests", "actions": ["Admin"],
                                                  "credentials": [{"accessKey": KEYS[0], "secretKey": KEYS[1]}]}]}))
    ports = _free_ports(11)
    names = ("s3.port", "s3.port.grpc", "s3.port.iceberg", "s3.port.lance", "master.port", "master.port.grpc", "volume.port",
             "volume.port.grpc", "filer.port", "filer.port.grpc")
    command = [str(Path(sys.executable).parent / "weed"), "server", "-ip=127.0.0.1", "-ip.bind=127.0.0.1", f"-dir={folder}",
               "-master.telemetry=false", "-master.volumeSizeLimitMB=64", "-volume.max=20", "-s3", f"-s3.config={config}",
               f"-metricsPort={ports[-1]}", *(f"-{name}={port}" for name, port in zip(names, ports, strict=False))]
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log, cwd=folder)
    endpoint = f"http://127.0.0.1:{ports[0]}"
    try:
        _wait_for(endpoint, process, folder / "log")
        yield endpoint
    finally:
        process.kill()  # its own way of stopping takes half a minute, and nothing it holds is needed
        process.wait(20)


def _free_ports(count: int) -> list[int]:
    """Ports that nobody listens on; all are held open until the last is found, so that none comes twice."""
    listeners = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [listener.getsockname()[1] for listener in listeners]
    for listener in listeners:
        listener.close()
    return ports


def _wait_for(endpoint: str, process: subprocess.Popen, log: Path) -> None:
    """Until the server takes what is put there; the first put makes the bucket."""
    store = S3Store("kho", endpoint=endpoint, access_key_id=KEYS[0], secret_access_key=KEYS[1], region="us-east-1",
                    virtual_hosted_style_request=False, client_options={"allow_http": True}, retry_config={"max_retries": 0})
    for _ in range(300):
        assert process.poll() is None, log.read_text()[-2000:]
        try:
            obstore.put(store, "ready", b"")
            return
        except BaseError:
            time.sleep(0.1)
    raise AssertionError(log.read_text()[-2000:])
