"""The settings by which the second wall stands alone in prevent, before a program that does what is listed."""

from __future__ import annotations

import time
from pathlib import Path

from hauberk.policy import compile_policy, read, signing

POLICY = """
hauberk: 1
functions:
  bench:
    mode: prevent
    allowlist:
      process: [{{target: /usr/bin/true}}]
      file: [{{target: "{folder}/**"}}]
      address: [{{target: "127.0.0.1:9"}}, {{target: "127.0.0.1:0", operation: bind}}]
      host: [{hosts}]
      code: [{{target: "{folder}/**"}}]
"""


def preventing(wall: Path, folder: Path, host: str = "") -> dict[str, str]:
    """What is listed is in `folder`, whose package is the one above; and this host."""
    file = folder.parent / "hauberk.yaml"
    file.write_text(POLICY.format(folder=folder, hosts=f"{{target: {host}}}" if host else ""))
    key = signing.create(folder.parent / "key.pem")
    compiled = compile_policy(read(file), "bench", key=key, now=int(time.time()))
    return {
        "LD_PRELOAD": str(wall),
        "AWS_LAMBDA_FUNCTION_NAME": "bench",
        "LAMBDA_TASK_ROOT": str(folder.parent),
        "HAUBERK_POLICY": compiled.variable,
    }
