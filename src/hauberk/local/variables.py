"""Lambda's environment variables."""

from __future__ import annotations

import time
import uuid
from collections.abc import Mapping
from dataclasses import dataclass

from hauberk.local.function import Function, InputError

REGION = "us-east-1"
ACCOUNT = "123456789012"
CREDENTIALS = {  # AWS's documentation's own examples; they open nothing
    "AWS_ACCESS_KEY_ID": "AKIAIOSFODNN7EXAMPLE",
    "AWS_SECRET_ACCESS_KEY": "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
    "AWS_SESSION_TOKEN": "local",
}
# A function's configuration cannot set these on Lambda; AWS_REGION and the credentials, which
# it cannot set there either, may be set here, for an emulator of AWS.
RESERVED = frozenset(
    {
        "_HANDLER",
        "AWS_EXECUTION_ENV",
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE",
        "AWS_LAMBDA_FUNCTION_NAME",
        "AWS_LAMBDA_FUNCTION_VERSION",
        "AWS_LAMBDA_INITIALIZATION_TYPE",
        "AWS_LAMBDA_LOG_GROUP_NAME",
        "AWS_LAMBDA_LOG_STREAM_NAME",
        "AWS_LAMBDA_MAX_CONCURRENCY",
        "AWS_LAMBDA_RUNTIME_API",
        "LAMBDA_RUNTIME_DIR",
        "LAMBDA_TASK_ROOT",
    }
)


@dataclass(frozen=True, slots=True)
class Paths:
    """Where the parts of an environment stand, as the function's process sees them."""

    task: str = "/var/task"
    layers: str = "/opt"
    runtime: str = "/var/runtime"
    language: str = "/var/lang"

    def relocate(self, value: str) -> str:
        """`value` with the start of one of Lambda's paths replaced by what stands for it here."""
        here = {"/var/task": self.task, "/opt": self.layers, "/var/runtime": self.runtime}
        for lambda_path, path in here.items():
            if value == lambda_path or value.startswith(f"{lambda_path}/"):
                return path + value[len(lambda_path) :]
        return value


def region(function: Function) -> str:
    """The region the function believes it runs in."""
    return function.environment.get("AWS_REGION", REGION)


def function_arn(function: Function) -> str:
    """The ARN the function believes it has."""
    return f"arn:aws:lambda:{region(function)}:{ACCOUNT}:function:{function.name}"


def log_stream() -> str:
    """A new environment's log stream, which it keeps when its process is started again."""
    return f"{time.strftime('%Y/%m/%d', time.gmtime())}/[$LATEST]{uuid.uuid4().hex}"


def variables(function: Function, paths: Paths, runtime: str, runtime_api: str) -> dict[str, str]:
    """The environment variables the function's process starts with, but for its log stream."""
    return {
        **_settings(function, runtime),
        **_search_paths(paths),
        "AWS_LAMBDA_RUNTIME_API": runtime_api,
        "LAMBDA_TASK_ROOT": paths.task,
        "LAMBDA_RUNTIME_DIR": paths.runtime,
        **_relocated(function.environment, paths),
    }


def refuse_reserved(function: Function) -> None:
    """Raises where `function` sets a variable that is Lambda's alone."""
    taken = sorted(RESERVED.intersection(function.environment))
    if taken:
        raise InputError(f"Lambda does not let a function set {', '.join(taken)}; leave it out")


def _relocated(environment: Mapping[str, str], paths: Paths) -> dict[str, str]:
    return {name: paths.relocate(value) for name, value in environment.items()}


def _settings(function: Function, runtime: str) -> dict[str, str]:
    return {
        **CREDENTIALS,
        "_HANDLER": function.handler,
        "AWS_DEFAULT_REGION": region(function),
        "AWS_REGION": region(function),
        "AWS_EXECUTION_ENV": f"AWS_Lambda_{runtime}",
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(function.memory_mb),
        "AWS_LAMBDA_FUNCTION_NAME": function.name,
        "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
        **_way_of_running(function),
        "AWS_XRAY_CONTEXT_MISSING": "LOG_ERROR",
        "AWS_XRAY_DAEMON_ADDRESS": "169.254.79.129:2000",
        "LANG": "en_US.UTF-8",
        "TZ": ":UTC",
    }


def _way_of_running(function: Function) -> dict[str, str]:
    """What tells a function how it is run; a snapshot does not know the log of what is restored from it."""
    if function.restores:
        return {"AWS_LAMBDA_INITIALIZATION_TYPE": "snap-start"}
    group = {"AWS_LAMBDA_LOG_GROUP_NAME": f"/aws/lambda/{function.name}"}
    if function.concurrency:
        most = str(function.concurrency)
        kind = "lambda-managed-instances"
        return {**group, "AWS_LAMBDA_INITIALIZATION_TYPE": kind, "AWS_LAMBDA_MAX_CONCURRENCY": most}
    return {**group, "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand"}


def _search_paths(paths: Paths) -> dict[str, str]:
    programs = (f"{paths.language}/bin", "/usr/local/bin", "/usr/bin", "/bin")
    libraries = (f"{paths.language}/lib", "/lib64", "/usr/lib64", paths.runtime)
    own = (f"{paths.runtime}/lib", paths.task, f"{paths.task}/lib", f"{paths.layers}/lib")
    return {
        "PATH": ":".join((*programs, f"{paths.layers}/bin")),
        "LD_LIBRARY_PATH": ":".join((*libraries, *own)),
    }
