"""The command `hauberk`: parses, calls one function, prints."""

import sys
from importlib import import_module
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from hauberk import __version__

# Each is imported when it is called, so that no command waits for what another one needs.
COMMANDS = {
    "allowlist": "hauberk.cli.allowlist",
    "anomaly": "hauberk.cli.anomaly",
    "diff": "hauberk.cli.diff",
    "doctor": "hauberk.cli.doctor",
    "exclude": "hauberk.cli.exclude",
    "exclusion": "hauberk.cli.exclusion",
    "flow": "hauberk.cli.flow",
    "inspect": "hauberk.cli.inspect",
    "learn": "hauberk.cli.learn",
    "local": "hauberk.cli.local",
    "policy": "hauberk.cli.policy",
    "replay": "hauberk.cli.replay",
    "rule": "hauberk.cli.rule",
    "scan": "hauberk.cli.scan",
    "sources": "hauberk.cli.sources",
}

_COMPLETION = ("install_completion", "show_completion")  # typer's, of a program of its own


class LazyGroup(TyperGroup):
    """A group whose commands are imported when they are asked for."""

    def list_commands(self, ctx: Any) -> list[str]:
        """Name all commands."""
        return list(COMMANDS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """Import the command, or all of them where none is called so: one may be suggested."""
        for name in [cmd_name] if cmd_name in COMMANDS else COMMANDS:
            command = typer.main.get_command(import_module(COMMANDS[name]).app)
            command.name = name  # groups have none, and the help would list them without
            command.params = [one for one in command.params if one.name not in _COMPLETION]
            self.commands[name] = command
        return self.commands.get(cmd_name)


app = typer.Typer(
    cls=LazyGroup,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    help="Protects AWS Lambda functions while they run.",
)


def _print_version(is_asked: bool) -> None:
    if is_asked:
        typer.echo(f"hauberk {__version__}")
        raise typer.Exit


@app.callback()
def root(
    version: Annotated[
        bool,
        typer.Option("--version", callback=_print_version, is_eager=True, help="Show the version."),
    ] = False,
) -> None:
    """Protects AWS Lambda functions while they run."""


def main() -> None:
    """Run the command that the arguments ask for."""
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]
    try:
        app(prog_name="hauberk")
    except (ImportError, AttributeError) as error:
        from hauberk.cli.incomplete import told

        what = told(error)
        if what is None:
            raise
        print(f"hauberk: {what}", file=sys.stderr)
        sys.exit(2)
