"""`hauberk learn`: activity records of logs become the allowlist in `hauberk.yaml`."""

from pathlib import Path
from typing import Annotated

import typer

from hauberk.cli.code_given import (
    CodeBeforeOption,
    CodeGiven,
    CodeOption,
    CodeVersionOption,
    EnvironmentOption,
    NoCodeOption,
    codes_of,
)
from hauberk.cli.learned import as_json, print_tables
from hauberk.cli.outcome import Format, FormatOption, exit_status, print_json
from hauberk.cli.overwritten import refuse_others_than_profiles
from hauberk.cli.recorded import LogsArgument, TrustOption, profiled
from hauberk.cli.scan import HandlerOption
from hauberk.cli.taught import AcceptOption, OnlySeenOption, OutputOption, ProfileOption, taught
from hauberk.learn.profile.profile_text import profile_text
from hauberk.learn.records.log import LogError
from hauberk.local.function import InputError
from hauberk.scan import PackageError
from hauberk.scan.variables import VariablesError
from hauberk.store import StoreError

app = typer.Typer()


@app.command()
def learn(  # noqa: PLR0913, PLR0917 - options
    logs: LogsArgument = None,
    output: OutputOption = Path("hauberk.yaml"),
    store: Annotated[
        Path | None,
        typer.Option("--store", help="Folder that keeps the records: learn from all it ever got."),
    ] = None,
    workers: Annotated[
        int | None,
        typer.Option(
            min=1, help="How many processes read logs into --store; else one a core, at most 8."
        ),
    ] = None,
    alias: Annotated[
        str | None,
        typer.Option(
            help="Learn only of environments that were invoked by this alias of the function."
        ),
    ] = None,
    only_seen: OnlySeenOption = False,
    trust_unannounced: TrustOption = False,
    accept_review: AcceptOption = False,
    write_profile: ProfileOption = None,
    code: CodeOption = None,
    code_before: CodeBeforeOption = None,
    code_version: CodeVersionOption = None,
    no_code: NoCodeOption = False,
    handler: HandlerOption = None,
    environment: EnvironmentOption = None,
    function: Annotated[
        str | None, typer.Option(help="Whose code it is, where the logs show several functions.")
    ] = None,
    format: FormatOption = Format.TEXT,
) -> None:
    """Write what functions were seen to do in their logs onto their allowlists, in hauberk.yaml.

    Invocations with an attack teach nothing. A kind of activity that the guard watched and the function never used
    becomes empty: nothing of it is allowed.
    """
    with exit_status(LogError, StoreError, PackageError, VariablesError, InputError):
        refuse_others_than_profiles(write_profile)
        if function and code is None:
            raise LogError("--function says whose --code it is; name that, too, or leave it out")
        profile = profiled(
            logs or (), store, trust_unannounced=trust_unannounced, workers=workers, alias=alias
        )
        if write_profile is not None:
            write_profile.write_text(profile_text(profile))
        given = CodeGiven(
            code, code_before, handler, environment, function, code_version, is_left_out=no_code
        )
        known = codes_of(profile, given, store, keeps=True)
        policies = taught(
            profile, output, only_seen=only_seen, accept_review=accept_review, code=known
        )
    if format is Format.JSON:
        print_json(as_json(profile, policies))
    else:
        print_tables(output, policies)
